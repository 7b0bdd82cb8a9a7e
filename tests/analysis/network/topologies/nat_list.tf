# row: NAT GW
# source: VPC User Guide, NAT gateway basics: access lists of its subnet must allow ports 1024-65535
# code: SUBNET_ACL_RESTRICTION REMAP_EPHEMERAL_PORT
# base: vpc open db nat
# ask: aws_instance.db internet 443
# verdict: unreachable, though it looks open
# twin: to_port    = 1023 => to_port    = 65535
# twin verdict: reachable

resource "aws_network_acl" "public" {
  vpc_id     = aws_vpc.v.id
  subnet_ids = [aws_subnet.public.id]
  egress {
    rule_no    = 100
    protocol   = "-1"
    action     = "allow"
    cidr_block = "0.0.0.0/0"
    from_port  = 0
    to_port    = 0
  }
  ingress {
    rule_no    = 90
    protocol   = "-1"
    action     = "allow"
    cidr_block = "10.0.0.0/16"
    from_port  = 0
    to_port    = 0
  }
  ingress {
    rule_no    = 100
    protocol   = "tcp"
    action     = "allow"
    cidr_block = "0.0.0.0/0"
    from_port  = 443
    to_port    = 1023
  }
}
