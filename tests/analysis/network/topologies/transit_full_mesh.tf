# row: TGW
# source: Transit Gateway Guide, Transit gateway route tables: attachments are associated and propagated by default
# code: TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT
# base: vpc open db other transit
# ask: aws_instance.db aws_instance.o 22
# verdict: reachable, though it looks closed
# twin: default_route_table_propagation = "enable" => default_route_table_propagation = "disable"
# twin verdict: unreachable

resource "aws_ec2_transit_gateway" "t" {
  default_route_table_propagation = "enable"
}
