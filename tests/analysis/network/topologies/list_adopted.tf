# row: NACL
# source: Terraform Registry, aws_default_network_acl: all rules are removed on adoption
# base: vpc open web
# ask: internet aws_instance.web 443
# verdict: unreachable, though it looks open
# twin: aws_vpc.v.default_network_acl_id => aws_vpc.o.default_network_acl_id
# twin verdict: reachable

resource "aws_vpc" "o" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_default_network_acl" "d" {
  default_network_acl_id = aws_vpc.v.default_network_acl_id
}
