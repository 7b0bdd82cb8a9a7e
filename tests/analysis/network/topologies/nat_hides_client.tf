# row: NAT GW
# source: VPC User Guide, Private NAT gateways: the source address becomes that of the gateway
# code: NGW_SOURCE_ADDRESS_REASSIGN
# base: vpc open db
# ask: aws_instance.db aws_instance.o 22
# verdict: reachable, though it looks closed
# twin: cidr_blocks = ["10.0.1.0/24"] => cidr_blocks = ["10.0.2.0/24"]
# twin verdict: unreachable

resource "aws_nat_gateway" "n" {
  subnet_id         = aws_subnet.public.id
  connectivity_type = "private"
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block     = "10.1.0.0/16"
    nat_gateway_id = aws_nat_gateway.n.id
  }
}

resource "aws_route_table_association" "private" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.private.id
}

resource "aws_route" "out" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "10.1.0.0/16"
  transit_gateway_id     = aws_ec2_transit_gateway.t.id
}

resource "aws_ec2_transit_gateway" "t" {}

resource "aws_ec2_transit_gateway_vpc_attachment" "v" {
  transit_gateway_id = aws_ec2_transit_gateway.t.id
  vpc_id             = aws_vpc.v.id
  subnet_ids         = [aws_subnet.public.id]
}

resource "aws_ec2_transit_gateway_vpc_attachment" "o" {
  transit_gateway_id = aws_ec2_transit_gateway.t.id
  vpc_id             = aws_vpc.o.id
  subnet_ids         = [aws_subnet.o.id]
}

resource "aws_vpc" "o" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_default_route_table" "o" {
  default_route_table_id = aws_vpc.o.default_route_table_id
  route {
    cidr_block         = "10.0.0.0/16"
    transit_gateway_id = aws_ec2_transit_gateway.t.id
  }
}

resource "aws_subnet" "o" {
  vpc_id            = aws_vpc.o.id
  cidr_block        = "10.1.1.0/24"
  availability_zone = "eu-west-1a"
}

resource "aws_security_group" "o" {
  vpc_id = aws_vpc.o.id
  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["10.0.1.0/24"]
  }
}

resource "aws_instance" "o" {
  subnet_id              = aws_subnet.o.id
  vpc_security_group_ids = [aws_security_group.o.id]
}
