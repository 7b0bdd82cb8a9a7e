# row: Interface endpoint
# source: AWS PrivateLink Guide, Access an AWS service through interface endpoints: peers reach them; gateway endpoints they do not
# base: vpc open db other
# ask: aws_instance.o aws_vpc_endpoint.e 443
# verdict: reachable, though it looks closed
# twin: vpc_peering_connection_id = aws_vpc_peering_connection.p.id # there => gateway_id                = aws_internet_gateway.o.id
# twin verdict: unreachable

resource "aws_vpc_peering_connection" "p" {
  vpc_id      = aws_vpc.v.id
  peer_vpc_id = aws_vpc.o.id
  auto_accept = true
}

resource "aws_internet_gateway" "o" {
  vpc_id = aws_vpc.o.id
}

resource "aws_default_route_table" "v" {
  default_route_table_id = aws_vpc.v.default_route_table_id
  route {
    cidr_block                = "10.1.0.0/16"
    vpc_peering_connection_id = aws_vpc_peering_connection.p.id
  }
}

resource "aws_default_route_table" "o" {
  default_route_table_id = aws_vpc.o.default_route_table_id
  route {
    cidr_block                = "10.0.0.0/16"
    vpc_peering_connection_id = aws_vpc_peering_connection.p.id # there
  }
}

resource "aws_vpc_endpoint" "e" {
  vpc_id             = aws_vpc.v.id
  vpc_endpoint_type  = "Interface"
  service_name       = "com.amazonaws.eu-west-1.sqs"
  subnet_ids         = [aws_subnet.private.id]
  security_group_ids = [aws_security_group.open.id]
}
