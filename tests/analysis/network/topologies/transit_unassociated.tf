# row: TGW
# source: Transit Gateway Guide, Transit gateway route tables: an attachment without association sends nothing
# code: TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION
# base: vpc open db other transit
# ask: aws_instance.db aws_instance.o 22
# verdict: unreachable, though it looks open
# twin: default_route_table_association = "disable" => default_route_table_association = "enable"
# twin verdict: reachable

resource "aws_ec2_transit_gateway" "t" {
  default_route_table_association = "disable"
}
