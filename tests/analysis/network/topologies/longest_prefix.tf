# row: Route tables
# source: VPC User Guide, Route priority: the most specific route that matches is used
# code: MORE_SPECIFIC_ROUTE
# base: vpc open web
# ask: 8.8.8.8/32 aws_instance.web 443
# verdict: unreachable, though it looks open
# twin: "8.8.8.0/24" => "9.9.9.0/24"
# twin verdict: reachable

resource "aws_route" "detour" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "8.8.8.0/24"
  nat_gateway_id         = aws_nat_gateway.n.id
}

resource "aws_nat_gateway" "n" {
  subnet_id         = aws_subnet.public.id
  connectivity_type = "private"
}
