# row: Edge publishers
# source: API Gateway Developer Guide, VPC links for HTTP APIs: interfaces in your subnets
# base: vpc open alb
# ask: internet aws_instance.app 8080
# verdict: reachable, though it looks closed
# twin: security_group_ids = [aws_security_group.open.id] => security_group_ids = [aws_security_group.shut.id]
# twin verdict: unreachable

resource "aws_lb" "b" {
  internal        = true
  subnets         = [aws_subnet.private.id, aws_subnet.public_b.id]
  security_groups = [aws_security_group.open.id]
}

resource "aws_security_group" "shut" {
  vpc_id = aws_vpc.v.id
}

resource "aws_apigatewayv2_api" "a" {
  name          = "a"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_vpc_link" "l" {
  name               = "l"
  subnet_ids         = [aws_subnet.private.id]
  security_group_ids = [aws_security_group.open.id]
}

resource "aws_apigatewayv2_integration" "m" {
  api_id             = aws_apigatewayv2_api.a.id
  integration_type   = "HTTP_PROXY"
  integration_method = "ANY"
  connection_type    = "VPC_LINK"
  connection_id      = aws_apigatewayv2_vpc_link.l.id
  integration_uri    = aws_lb_listener.l.arn
}
