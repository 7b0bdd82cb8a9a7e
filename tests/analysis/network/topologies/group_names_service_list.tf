# row: Gateway endpoint
# source: VPC User Guide, Gateway endpoints: a security group may reference the prefix list of the service
# base: vpc
# ask: aws_instance.x aws_s3_bucket.b 443
# verdict: reachable, though it looks closed
# twin: name = "com.amazonaws.eu-west-1.s3" => name = "com.amazonaws.eu-west-1.dynamodb"
# twin verdict: unreachable

resource "aws_s3_bucket" "b" {}

data "aws_ec2_managed_prefix_list" "s3" {
  name = "com.amazonaws.eu-west-1.s3"
}

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

resource "aws_security_group" "g" {
  vpc_id = aws_vpc.v.id
  egress {
    protocol        = "tcp"
    from_port       = 443
    to_port         = 443
    prefix_list_ids = [data.aws_ec2_managed_prefix_list.s3.id]
  }
}

resource "aws_instance" "x" {
  subnet_id              = aws_subnet.private.id
  vpc_security_group_ids = [aws_security_group.g.id]
}
