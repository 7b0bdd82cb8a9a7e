# row: SG
# source: VPC User Guide, Security group rules: ICMP
# base: vpc
# ask: internet aws_instance.x 22
# verdict: unreachable, though it looks open
# twin: protocol    = "icmp" => protocol    = "-1"
# twin verdict: reachable

resource "aws_security_group" "g" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol    = "icmp"
    from_port   = -1
    to_port     = -1
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.public.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.g.id]
}
