# row: ENI attach points
# source: Lambda Developer Guide, Giving Lambda functions access to a VPC: interfaces of functions take no connections
# base: vpc open db
# ask: aws_instance.db aws_lambda_function.f 443
# verdict: unreachable, though it looks open
# twin: authorization_type = "AWS_IAM" => authorization_type = "NONE"
# twin verdict: reachable

resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::111122223333:role/f"
  vpc_config {
    subnet_ids         = [aws_subnet.private.id]
    security_group_ids = [aws_security_group.open.id]
  }
}

resource "aws_lambda_function_url" "u" {
  function_name      = aws_lambda_function.f.function_name
  authorization_type = "AWS_IAM"
}

resource "aws_default_route_table" "d" {
  default_route_table_id = aws_vpc.v.default_route_table_id
  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.n.id
  }
}

resource "aws_nat_gateway" "n" {
  subnet_id = aws_subnet.public.id
}
