# row: TGW
# source: Transit Gateway Guide, VPC attachments
# code: NO_ROUTE_TO_DESTINATION
# base: vpc open db other
# ask: aws_instance.db aws_instance.o 22
# verdict: unreachable, though it looks open
# twin: vpc_id             = aws_vpc.m.id => vpc_id             = aws_vpc.v.id
# twin verdict: reachable

resource "aws_vpc" "m" {
  cidr_block = "10.2.0.0/16"
}

resource "aws_ec2_transit_gateway" "t" {}

resource "aws_ec2_transit_gateway_vpc_attachment" "v" {
  transit_gateway_id = aws_ec2_transit_gateway.t.id
  vpc_id             = aws_vpc.m.id
  subnet_ids         = [aws_subnet.private.id]
}

resource "aws_ec2_transit_gateway_vpc_attachment" "o" {
  transit_gateway_id = aws_ec2_transit_gateway.t.id
  vpc_id             = aws_vpc.o.id
  subnet_ids         = [aws_subnet.o.id]
}

resource "aws_default_route_table" "v" {
  default_route_table_id = aws_vpc.v.default_route_table_id
  route {
    cidr_block         = "10.1.0.0/16"
    transit_gateway_id = aws_ec2_transit_gateway.t.id
  }
}

resource "aws_default_route_table" "o" {
  default_route_table_id = aws_vpc.o.default_route_table_id
  route {
    cidr_block         = "10.0.0.0/16"
    transit_gateway_id = aws_ec2_transit_gateway.t.id
  }
}
