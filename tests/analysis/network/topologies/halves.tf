# row: Route tables
# source: VPC User Guide, Route priority: 0.0.0.0/1 and 128.0.0.0/1 together match all IPv4 destinations
# base: vpc open
# ask: 200.1.1.1/32 aws_instance.x 443
# verdict: reachable, though it looks closed
# twin: "128.0.0.0/1" => "128.0.0.0/8"
# twin verdict: unreachable

resource "aws_route_table" "halves" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block = "0.0.0.0/1"
    gateway_id = aws_internet_gateway.i.id
  }
  route {
    cidr_block = "128.0.0.0/1"
    gateway_id = aws_internet_gateway.i.id
  }
}

resource "aws_route_table_association" "halves" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.halves.id
}

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.private.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.open.id]
}
