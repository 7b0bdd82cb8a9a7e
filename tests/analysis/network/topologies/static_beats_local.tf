# row: Route tables
# source: VPC User Guide, Route priority: a more specific static route than local steers to a middlebox
# code: ENI_SOURCE_DEST_CHECK_RESTRICTION
# base: vpc open web db
# ask: aws_instance.web aws_instance.db 5432
# verdict: unreachable, though it looks open
# twin: source_dest_check      = true => source_dest_check      = false
# twin verdict: reachable

resource "aws_route" "steer" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "10.0.2.0/24"
  network_interface_id   = aws_network_interface.box.id
}

resource "aws_network_interface" "box" {
  subnet_id         = aws_subnet.box.id
  security_groups   = [aws_security_group.open.id]
  source_dest_check      = true
}

resource "aws_subnet" "box" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.9.0/24"
}
