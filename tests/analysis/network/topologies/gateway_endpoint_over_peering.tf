# row: Gateway endpoint
# source: AWS PrivateLink Guide, Gateway endpoints: connections from peered networks cannot use them
# base: vpc open other
# ask: aws_instance.c aws_s3_bucket.b 443
# verdict: unreachable, though it looks open
# twin: subnet_id              = aws_subnet.o.id # client => subnet_id              = aws_subnet.private.id
# twin verdict: reachable

resource "aws_s3_bucket" "b" {
  bucket = "kept-by-the-service"
}

resource "aws_vpc_endpoint" "s" {
  vpc_id          = aws_vpc.v.id
  service_name    = "com.amazonaws.eu-west-1.s3"
  route_table_ids = [aws_vpc.v.main_route_table_id, aws_route_table.private.id]
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block                = "10.1.0.0/16"
    vpc_peering_connection_id = aws_vpc_peering_connection.p.id
  }
}

resource "aws_route_table_association" "private" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.private.id
}

resource "aws_vpc_peering_connection" "p" {
  vpc_id      = aws_vpc.v.id
  peer_vpc_id = aws_vpc.o.id
  auto_accept = true
}

resource "aws_default_route_table" "o" {
  default_route_table_id = aws_vpc.o.default_route_table_id
  route {
    cidr_block                = "0.0.0.0/0"
    vpc_peering_connection_id = aws_vpc_peering_connection.p.id
  }
}

resource "aws_instance" "c" {
  subnet_id              = aws_subnet.o.id # client
  vpc_security_group_ids = [aws_security_group.open.id]
}
