# row: SG
# source: VPC User Guide, Default security groups: members reach each other
# base: vpc open
# ask: aws_instance.a aws_instance.b 22
# verdict: reachable, though it looks closed
# twin: vpc_security_group_ids = [] => vpc_security_group_ids = [aws_security_group.shut.id]
# twin verdict: unreachable

resource "aws_security_group" "shut" {
  vpc_id = aws_vpc.v.id
}

resource "aws_instance" "a" {
  subnet_id = aws_subnet.private.id
}

resource "aws_instance" "b" {
  subnet_id              = aws_subnet.public.id
  vpc_security_group_ids = []
}
