# row: SG
# source: VPC User Guide, Security group rules: a rule is of one protocol
# code: PROTOCOL_RESTRICTION
# base: vpc
# ask: internet aws_instance.x 53
# verdict: unreachable, though it looks open
# twin: protocol    = "udp" => protocol    = "tcp"
# twin verdict: reachable

resource "aws_security_group" "g" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol    = "udp"
    from_port   = 53
    to_port     = 53
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.public.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.g.id]
}
