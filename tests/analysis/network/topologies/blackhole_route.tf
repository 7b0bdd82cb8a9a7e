# row: Route tables
# source: VPC User Guide, Route priority: a route without a target drops what it matches
# code: BAD_STATE_ROUTE
# base: vpc open web
# ask: 8.8.8.8/32 aws_instance.web 443
# verdict: unreachable, though it looks open
# twin: destination_cidr_block = "8.0.0.0/8" => destination_cidr_block = "9.0.0.0/8"
# twin verdict: reachable

resource "aws_route" "hole" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "8.0.0.0/8"
}
