# row: SG
# source: checkov 3.3.30 CKV_AWS_24 passes it; Terraform Registry, aws_vpc_security_group_ingress_rule: ip_protocol -1 has no ports
# base: vpc
# ask: internet aws_instance.x 22
# verdict: reachable, though it looks closed
# twin: cidr_ipv4         = "0.0.0.0/0" => cidr_ipv4         = "10.0.0.0/8"
# twin verdict: unreachable

resource "aws_security_group" "g" {
  vpc_id = aws_vpc.v.id
}

resource "aws_vpc_security_group_ingress_rule" "r" {
  security_group_id = aws_security_group.g.id
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.public.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.g.id]
}
