# row: TGW
# source: Transit Gateway Guide, Route evaluation order: the most specific route; a blackhole drops
# code: TGW_RTB_BAD_STATE_ROUTE
# base: vpc open db other transit
# ask: aws_instance.db aws_instance.o 22
# verdict: unreachable, though it looks open
# twin: "10.1.1.0/24" # hole => "10.1.2.0/24" # hole
# twin verdict: reachable

resource "aws_ec2_transit_gateway" "t" {}

resource "aws_ec2_transit_gateway_route" "hole" {
  destination_cidr_block         = "10.1.1.0/24" # hole
  blackhole                      = true
  transit_gateway_route_table_id = aws_ec2_transit_gateway.t.association_default_route_table_id
}
