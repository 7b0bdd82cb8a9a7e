# row: IGW
# source: VPC User Guide, Internet gateways
# base: vpc open
# ask: internet aws_instance.x 53 udp
# verdict: reachable, though it looks closed
# twin: subnet_id                   = aws_subnet.late.id => subnet_id                   = aws_subnet.private.id
# twin verdict: possible

resource "aws_subnet" "late" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.30.0/24"
}

resource "aws_route_table" "late" {
  vpc_id = aws_vpc.v.id
}

resource "aws_route" "late" {
  route_table_id         = aws_route_table.late.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.i.id
}

resource "aws_route_table_association" "late" {
  subnet_id      = aws_subnet.late.id
  route_table_id = aws_route_table.late.id
}

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.late.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.open.id]
}
