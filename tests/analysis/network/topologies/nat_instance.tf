# row: ENI attach points
# source: VPC User Guide, NAT instances: disable source/destination checks
# code: ENI_SOURCE_DEST_CHECK_RESTRICTION
# base: vpc open web db
# ask: aws_instance.db internet 443
# verdict: unreachable, though it looks open
# twin: source_dest_check = true => source_dest_check = false
# twin verdict: reachable

resource "aws_eip" "box" {
  network_interface = aws_network_interface.box.id
}

resource "aws_network_interface" "box" {
  subnet_id         = aws_subnet.public.id
  security_groups   = [aws_security_group.open.id]
  source_dest_check = true
}

resource "aws_default_route_table" "d" {
  default_route_table_id = aws_vpc.v.default_route_table_id
  route {
    cidr_block           = "0.0.0.0/0"
    network_interface_id = aws_network_interface.box.id
  }
}
