# row: SG
# source: RFC 1918; VPC User Guide, Security group rules
# code: IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS
# base: vpc
# ask: internet aws_instance.x 443
# verdict: unreachable, though it looks open
# twin: cidr_blocks = ["10.0.0.0/8"] => cidr_blocks = ["0.0.0.0/0"]
# twin verdict: reachable

resource "aws_security_group" "g" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["10.0.0.0/8"]
  }
}

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.public.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.g.id]
}
