# row: SG
# source: checkov 3.3.30 CKV_AWS_24 passes it; VPC User Guide, Security group rules: the rules of a group are a union
# base: vpc
# ask: internet aws_instance.x 22
# verdict: reachable, though it looks closed
# twin: from_port   = 20 => from_port   = 23
# twin verdict: unreachable

resource "aws_security_group" "g" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    self        = true
  }
  ingress {
    protocol    = "tcp"
    from_port   = 20
    to_port     = 30
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.public.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.g.id]
}
