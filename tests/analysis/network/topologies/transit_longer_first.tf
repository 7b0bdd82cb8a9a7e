# row: TGW
# source: Transit Gateway Guide, Route evaluation order: the most specific route
# code: TGW_RTB_MORE_SPECIFIC_ROUTE
# base: vpc open db other transit
# ask: aws_instance.db aws_instance.o 22
# verdict: reachable, though it looks closed
# twin: destination_cidr_block         = "10.1.2.0/24" => destination_cidr_block         = "10.1.1.0/24"
# twin verdict: unreachable

resource "aws_ec2_transit_gateway" "t" {
  default_route_table_association = "disable"
  default_route_table_propagation = "disable"
}

resource "aws_ec2_transit_gateway_route_table" "r" {
  transit_gateway_id = aws_ec2_transit_gateway.t.id
}

resource "aws_ec2_transit_gateway_route_table_association" "v" {
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.v.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.r.id
}

resource "aws_ec2_transit_gateway_route_table_association" "o" {
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.o.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.r.id
}

resource "aws_ec2_transit_gateway_route_table_propagation" "v" {
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.v.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.r.id
}

resource "aws_ec2_transit_gateway_route_table_propagation" "o" {
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.o.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.r.id
}

resource "aws_ec2_transit_gateway_route" "s" {
  destination_cidr_block         = "10.1.2.0/24"
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.v.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.r.id
}
