# row: NAT GW
# source: VPC User Guide, NAT gateways: external services cannot initiate a connection
# base: vpc open
# ask: internet aws_instance.x 443
# verdict: unreachable, though it looks open
# twin: nat_gateway_id = aws_nat_gateway.n.id => gateway_id = aws_internet_gateway.i.id
# twin verdict: reachable

resource "aws_nat_gateway" "n" {
  allocation_id = aws_eip.nat.id
  subnet_id     = aws_subnet.public.id
}

resource "aws_eip" "nat" {
  domain = "vpc"
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.n.id
  }
}

resource "aws_route_table_association" "private" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.private.id
}

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.private.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.open.id]
}
