# row: Edge publishers
# source: API Gateway Developer Guide, Private REST APIs: an endpoint for execute-api leads to them
# base: vpc open
# ask: aws_instance.x aws_api_gateway_rest_api.a 443
# verdict: reachable, though it looks closed
# twin: "com.amazonaws.eu-west-1.execute-api" => "com.amazonaws.eu-west-1.sqs"
# twin verdict: unreachable

resource "aws_api_gateway_rest_api" "a" {
  name = "a"
  endpoint_configuration {
    types = ["PRIVATE"]
  }
}

resource "aws_vpc_endpoint" "e" {
  vpc_id             = aws_vpc.v.id
  vpc_endpoint_type  = "Interface"
  service_name       = "com.amazonaws.eu-west-1.execute-api"
  subnet_ids         = [aws_subnet.private.id]
  security_group_ids = [aws_security_group.open.id]
}

resource "aws_instance" "x" {
  subnet_id              = aws_subnet.private.id
  vpc_security_group_ids = [aws_security_group.open.id]
}
