# row: Gateway endpoint
# source: VPC User Guide, Gateway endpoints: traffic of subnets whose route tables you chose
# base: vpc open db
# ask: aws_instance.db aws_s3_bucket.b 443
# verdict: unreachable, though it looks open
# twin: route_table_id  = aws_route_table.public.id => route_table_id  = aws_route_table.private.id
# twin verdict: reachable

resource "aws_s3_bucket" "b" {}

resource "aws_vpc_endpoint" "e" {
  vpc_id       = aws_vpc.v.id
  service_name = "com.amazonaws.eu-west-1.s3"
}

resource "aws_vpc_endpoint_route_table_association" "a" {
  vpc_endpoint_id = aws_vpc_endpoint.e.id
  route_table_id  = aws_route_table.public.id
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.v.id
}

resource "aws_route_table_association" "private" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.private.id
}
