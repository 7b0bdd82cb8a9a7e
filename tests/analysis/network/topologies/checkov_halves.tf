# row: SG
# source: checkov 3.3.30 CKV_AWS_24 passes it; RFC 4632: 0.0.0.0/1 and 128.0.0.0/1 are every address
# base: vpc
# ask: 200.1.1.1/32 aws_instance.x 22
# verdict: reachable, though it looks closed
# twin: "128.0.0.0/1" => "128.0.0.0/8"
# twin verdict: unreachable

resource "aws_security_group" "g" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["0.0.0.0/1", "128.0.0.0/1"]
  }
}

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.public.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.g.id]
}
