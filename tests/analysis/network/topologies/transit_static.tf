# row: TGW
# source: Transit Gateway Guide, Static routes
# base: vpc open db other transit
# ask: aws_instance.db aws_instance.o 22
# verdict: reachable, though it looks closed
# twin: "10.1.0.0/16" # static => "10.2.0.0/16" # static
# twin verdict: unreachable

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

resource "aws_ec2_transit_gateway_route" "o" {
  destination_cidr_block         = "10.1.0.0/16" # static
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.o.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.v.id
}
