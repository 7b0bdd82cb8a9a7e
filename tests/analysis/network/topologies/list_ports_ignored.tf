# row: NACL
# source: EC2 API, CreateNetworkAclEntry: with protocol -1 or another than 6, 17 and 1, all ports are allowed
# base: vpc open web
# ask: internet aws_instance.web 22
# verdict: reachable, though it looks closed
# twin: protocol   = "-1" # ports => protocol   = "6" # ports
# twin verdict: unreachable

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
    rule_no    = 100
    action     = "allow"
    cidr_block = "0.0.0.0/0"
    protocol   = "-1" # ports
    from_port  = 443
    to_port    = 443
  }
}
