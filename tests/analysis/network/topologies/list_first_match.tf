# row: NACL
# source: VPC User Guide, Network ACL basics: rules are evaluated by number, the first match applies
# code: SUBNET_ACL_RESTRICTION
# base: vpc open web
# ask: internet aws_instance.web 443
# verdict: unreachable, though it looks open
# twin: rule_no    = 90 => rule_no    = 110
# twin verdict: reachable

resource "aws_network_acl" "n" {
  vpc_id     = aws_vpc.v.id
  subnet_ids = [aws_subnet.public.id]
  egress {
    rule_no    = 100
    action     = "allow"
    cidr_block = "0.0.0.0/0"
    protocol   = "-1"
    from_port  = 0
    to_port    = 0
  }
  ingress {
    rule_no    = 90
    action     = "deny"
    cidr_block = "0.0.0.0/0"
    protocol   = "tcp"
    from_port  = 443
    to_port    = 443
  }
  ingress {
    rule_no    = 100
    action     = "allow"
    cidr_block = "0.0.0.0/0"
    protocol   = "-1"
    from_port  = 0
    to_port    = 0
  }
}
