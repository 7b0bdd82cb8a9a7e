# row: TGW
# source: Transit Gateway Guide, Centralized outbound routing: the NAT subnet routes back to the spokes
# base: vpc open web nat other
# ask: aws_instance.o internet 443
# verdict: reachable, though it looks closed
# twin: "10.1.0.0/16" # back => "10.7.0.0/16" # back
# twin verdict: unreachable

resource "aws_ec2_transit_gateway" "t" {}

resource "aws_ec2_transit_gateway_vpc_attachment" "v" {
  transit_gateway_id = aws_ec2_transit_gateway.t.id
  vpc_id             = aws_vpc.v.id
  subnet_ids         = [aws_subnet.private.id]
}

resource "aws_ec2_transit_gateway_vpc_attachment" "o" {
  transit_gateway_id = aws_ec2_transit_gateway.t.id
  vpc_id             = aws_vpc.o.id
  subnet_ids         = [aws_subnet.o.id]
}

resource "aws_ec2_transit_gateway_route" "out" {
  destination_cidr_block         = "0.0.0.0/0"
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.v.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway.t.association_default_route_table_id
}

resource "aws_default_route_table" "o" {
  default_route_table_id = aws_vpc.o.default_route_table_id
  route {
    cidr_block         = "0.0.0.0/0"
    transit_gateway_id = aws_ec2_transit_gateway.t.id
  }
}

resource "aws_route" "back" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "10.1.0.0/16" # back
  transit_gateway_id     = aws_ec2_transit_gateway.t.id
}
