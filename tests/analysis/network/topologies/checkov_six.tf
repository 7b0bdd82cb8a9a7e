# row: SG
# source: checkov 3.3.30 CKV_AWS_24 passes it; VPC User Guide, Security group rules: IPv6 ranges
# base: six open
# ask: internet aws_instance.x 22
# verdict: reachable, though it looks closed
# twin: cidr_ipv6         = "::/0" => cidr_ipv6         = "fd00::/8"
# twin verdict: unreachable

resource "aws_security_group" "g" {
  vpc_id = aws_vpc.v.id
}

resource "aws_vpc_security_group_ingress_rule" "r" {
  security_group_id = aws_security_group.g.id
  ip_protocol       = "-1"
  cidr_ipv6         = "::/0"
}

resource "aws_instance" "x" {
  subnet_id              = aws_subnet.six.id
  vpc_security_group_ids = [aws_security_group.g.id]
}

resource "aws_route_table" "six" {
  vpc_id = aws_vpc.v.id
  route {
    ipv6_cidr_block = "::/0"
    gateway_id      = aws_internet_gateway.i.id
  }
}
