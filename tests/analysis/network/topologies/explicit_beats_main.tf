# row: Route tables
# source: VPC User Guide, Subnet route tables: explicit association replaces the main table
# code: NO_ROUTE_TO_DESTINATION
# base: vpc open
# ask: internet aws_instance.x 443
# verdict: unreachable, though it looks open
# twin: route_table_id = aws_route_table.local.id => route_table_id = aws_route_table.public.id
# twin verdict: reachable

resource "aws_main_route_table_association" "m" {
  vpc_id         = aws_vpc.v.id
  route_table_id = aws_route_table.public.id
}

resource "aws_route_table" "local" {
  vpc_id = aws_vpc.v.id
}

resource "aws_route_table_association" "private" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.local.id
}

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.private.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.open.id]
}
