# row: NACL
# source: VPC User Guide, Network ACLs: applied at the boundary of a subnet, not inside it
# base: vpc open web
# ask: aws_instance.web aws_instance.y 22
# verdict: reachable, though it looks closed
# twin: subnet_id              = aws_subnet.public.id => subnet_id              = aws_subnet.private.id
# twin verdict: unreachable

resource "aws_network_acl" "n" {
  vpc_id     = aws_vpc.v.id
  subnet_ids = [aws_subnet.public.id]
}

resource "aws_instance" "y" {
  subnet_id              = aws_subnet.public.id
  vpc_security_group_ids = [aws_security_group.open.id]
}
