# row: NACL
# source: VPC User Guide, Network ACLs: stateless; answers need ephemeral ports outbound
# code: SUBNET_ACL_RESTRICTION
# base: vpc open web
# ask: internet aws_instance.web 443
# verdict: unreachable, though it looks open
# twin: to_port    = 1000 => to_port    = 65535
# twin verdict: reachable

resource "aws_network_acl" "n" {
  vpc_id     = aws_vpc.v.id
  subnet_ids = [aws_subnet.public.id]
  egress {
    rule_no    = 100
    action     = "allow"
    cidr_block = "0.0.0.0/0"
    protocol   = "tcp"
    from_port  = 443
    to_port    = 1000
  }
  ingress {
    rule_no    = 100
    action     = "allow"
    cidr_block = "0.0.0.0/0"
    protocol   = "tcp"
    from_port  = 443
    to_port    = 443
  }
}
