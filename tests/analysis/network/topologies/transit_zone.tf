# row: TGW
# source: Transit Gateway Guide, VPC attachments: only subnets of a zone with an attachment subnet reach the gateway
# code: TGW_ROUTE_AZ_RESTRICTION
# base: vpc open db other
# ask: aws_instance.x aws_instance.o 22
# verdict: unreachable, though it looks open
# twin: availability_zone = "eu-west-1b" => availability_zone = "eu-west-1a"
# twin verdict: reachable

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

resource "aws_subnet" "x" {
  vpc_id            = aws_vpc.v.id
  cidr_block        = "10.0.7.0/24"
  availability_zone = "eu-west-1b"
}

resource "aws_instance" "x" {
  subnet_id              = aws_subnet.x.id
  vpc_security_group_ids = [aws_security_group.open.id]
}
