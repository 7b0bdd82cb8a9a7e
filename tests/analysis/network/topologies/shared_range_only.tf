# row: SG
# source: RFC 6598; Reachability Analyzer, Explanation codes: internet gateways drop what comes from shared addresses
# code: IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS
# base: vpc
# ask: internet aws_instance.x 443
# verdict: unreachable, though it looks open
# twin: cidr_blocks = ["100.64.0.0/10"] => cidr_blocks = ["100.0.0.0/8"]
# twin verdict: reachable

resource "aws_security_group" "g" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["100.64.0.0/10"]
  }
}

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.public.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.g.id]
}
