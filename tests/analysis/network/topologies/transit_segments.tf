# row: TGW
# source: Transit Gateway Guide, How transit gateways work: an attachment uses the routes of its associated table
# code: TGW_RTB_CANNOT_ROUTE
# base: vpc open db other transit
# ask: aws_instance.db aws_instance.o 22
# verdict: unreachable, though it looks open
# twin: transit_gateway_route_table_id = "${aws_ec2_transit_gateway_route_table.o.id}" => transit_gateway_route_table_id = "${aws_ec2_transit_gateway_route_table.v.id}"
# twin verdict: reachable

resource "aws_ec2_transit_gateway" "t" {
  default_route_table_association = "disable"
  default_route_table_propagation = "disable"
}

resource "aws_ec2_transit_gateway_route_table" "v" {
  transit_gateway_id = aws_ec2_transit_gateway.t.id
}

resource "aws_ec2_transit_gateway_route_table" "o" {
  transit_gateway_id = aws_ec2_transit_gateway.t.id
}

resource "aws_ec2_transit_gateway_route_table_association" "v" {
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.v.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.v.id
}

resource "aws_ec2_transit_gateway_route_table_association" "o" {
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.o.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.o.id
}

resource "aws_ec2_transit_gateway_route_table_propagation" "v" {
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.v.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.o.id
}

resource "aws_ec2_transit_gateway_route_table_propagation" "o" {
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.o.id
  transit_gateway_route_table_id = "${aws_ec2_transit_gateway_route_table.o.id}"
}
