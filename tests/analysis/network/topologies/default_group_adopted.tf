# row: SG
# source: Terraform Registry, aws_default_security_group: all rules are removed on adoption
# code: SG_HAS_NO_RULES
# base: vpc open
# ask: aws_instance.a aws_instance.b 22
# verdict: unreachable, though it looks open
# twin: vpc_id = aws_vpc.v.id => vpc_id = aws_vpc.o.id
# twin verdict: reachable

resource "aws_vpc" "o" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_default_security_group" "d" {
  vpc_id = aws_vpc.v.id
}

resource "aws_instance" "a" {
  subnet_id = aws_subnet.private.id
}

resource "aws_instance" "b" {
  subnet_id = aws_subnet.public.id
}
