# row: Route tables
# source: VPC User Guide, Prefix list references in route tables
# code: CANNOT_ROUTE
# base: vpc open
# ask: internet aws_instance.x 443
# verdict: reachable, though it looks closed
# twin: cidr = "0.0.0.0/0" => cidr = "10.99.0.0/16"
# twin verdict: unreachable

resource "aws_ec2_managed_prefix_list" "all" {
  name           = "partners"
  address_family = "IPv4"
  max_entries    = 1
  entry {
    cidr = "0.0.0.0/0"
  }
}

resource "aws_route" "listed" {
  route_table_id             = aws_route_table.listed.id
  destination_prefix_list_id = aws_ec2_managed_prefix_list.all.id
  gateway_id                 = aws_internet_gateway.i.id
}

resource "aws_route_table" "listed" {
  vpc_id = aws_vpc.v.id
}

resource "aws_route_table_association" "listed" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.listed.id
}

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.private.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.open.id]
}
