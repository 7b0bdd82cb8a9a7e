# row: Route tables
# source: Terraform Registry, aws_route
# base: vpc open
# ask: internet aws_instance.x 443
# verdict: reachable, though it looks closed
# twin: destination_cidr_block = "0.0.0.0/0" => destination_cidr_block = "10.99.0.0/16"
# twin verdict: unreachable

resource "aws_route_table" "late" {
  vpc_id = aws_vpc.v.id
}

resource "aws_route" "late" {
  route_table_id         = aws_route_table.late.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.i.id
}

resource "aws_route_table_association" "late" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.late.id
}

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.private.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.open.id]
}
