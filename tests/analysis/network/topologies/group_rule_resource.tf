# row: SG
# source: Terraform Registry, aws_security_group_rule
# base: vpc
# ask: internet aws_instance.x 22
# verdict: reachable, though it looks closed
# twin: type              = "ingress" => type              = "egress"
# twin verdict: unreachable

resource "aws_security_group" "g" {
  vpc_id = aws_vpc.v.id
}

resource "aws_security_group_rule" "r" {
  security_group_id = aws_security_group.g.id
  type              = "ingress"
  protocol          = "tcp"
  from_port         = 0
  to_port           = 1024
  cidr_blocks       = ["0.0.0.0/0"]
}

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.public.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.g.id]
}
