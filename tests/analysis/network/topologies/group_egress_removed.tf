# row: SG
# source: Terraform Registry, aws_security_group: the allow-all egress rule of AWS is removed
# code: ENI_SG_RULES_MISMATCH
# base: vpc open db
# ask: aws_instance.x aws_instance.db 5432
# verdict: unreachable, though it looks open
# twin: security_group_id = aws_security_group.idle.id => security_group_id = aws_security_group.g.id
# twin verdict: reachable

resource "aws_security_group" "g" {
  vpc_id = aws_vpc.v.id
}

resource "aws_security_group" "idle" {
  vpc_id = aws_vpc.v.id
}

resource "aws_vpc_security_group_egress_rule" "r" {
  security_group_id = aws_security_group.idle.id
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.public.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.g.id]
}
