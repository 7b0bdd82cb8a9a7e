# row: Gateway endpoint
# source: VPC User Guide, Gateway endpoints: S3 and DynamoDB without an internet gateway or NAT device
# base: vpc open db
# ask: aws_instance.db aws_s3_bucket.b 443
# verdict: reachable, though it looks closed
# twin: "com.amazonaws.eu-west-1.s3" => "com.amazonaws.eu-west-1.dynamodb"
# twin verdict: unreachable

resource "aws_s3_bucket" "b" {}

resource "aws_vpc_endpoint" "e" {
  vpc_id          = aws_vpc.v.id
  service_name    = "com.amazonaws.eu-west-1.s3"
  route_table_ids = [aws_route_table.private.id]
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.v.id
}

resource "aws_route_table_association" "private" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.private.id
}
