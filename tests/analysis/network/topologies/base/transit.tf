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

resource "aws_route_table" "spoke_v" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block         = "10.1.0.0/16"
    transit_gateway_id = aws_ec2_transit_gateway.t.id
  }
}

resource "aws_route_table_association" "spoke_v" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.spoke_v.id
}

resource "aws_route_table" "spoke_o" {
  vpc_id = aws_vpc.o.id
  route {
    cidr_block         = "10.0.0.0/16"
    transit_gateway_id = aws_ec2_transit_gateway.t.id
  }
}

resource "aws_main_route_table_association" "spoke_o" {
  vpc_id         = aws_vpc.o.id
  route_table_id = aws_route_table.spoke_o.id
}
