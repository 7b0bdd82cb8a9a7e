# row: Route tables
# source: VPC User Guide, Subnet route tables: a subnet without explicit association uses the main route table
# base: vpc open
# ask: internet aws_instance.x 443
# verdict: reachable, though it looks closed
# twin: route_table_id = aws_route_table.public.id # main => route_table_id = aws_route_table.local.id # main
# twin verdict: unreachable

resource "aws_main_route_table_association" "m" {
  vpc_id         = aws_vpc.v.id
  route_table_id = aws_route_table.public.id # main
}

resource "aws_route_table" "local" {
  vpc_id = aws_vpc.v.id
}

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.private.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.open.id]
}
