# row: NACL
# source: Terraform Registry, aws_network_acl_rule
# base: vpc open web
# ask: internet aws_instance.web 443
# verdict: reachable, though it looks closed
# twin: rule_action    = "allow" => rule_action    = "deny"
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
}

resource "aws_network_acl_rule" "r" {
  network_acl_id = aws_network_acl.n.id
  rule_number    = 50
  rule_action    = "allow"
  protocol       = "tcp"
  cidr_block     = "0.0.0.0/0"
  from_port      = 443
  to_port        = 443
}
