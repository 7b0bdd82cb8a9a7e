# row: SG
# source: checkov 3.3.30 CKV_AWS_24 fails it; VPC User Guide, Security groups: a group applies to what it is associated with
# base: vpc
# ask: internet aws_instance.x 22
# verdict: unreachable, though it looks open
# twin: [aws_security_group.shut.id] => [aws_security_group.g.id]
# twin verdict: reachable

resource "aws_security_group" "g" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "shut" {
  vpc_id = aws_vpc.v.id
}

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.public.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.shut.id]
}
