# row: Edge publishers
# source: API Gateway Developer Guide, VPC links for REST APIs: to an internal Network Load Balancer
# base: vpc balanced
# ask: internet aws_instance.app 8080
# verdict: reachable, though it looks closed
# twin: types = ["REGIONAL"] => types = ["PRIVATE"]
# twin verdict: unreachable

resource "aws_lb" "b" {
  load_balancer_type = "network"
  internal           = true
  subnets            = [aws_subnet.private.id]
}

resource "aws_lb_target_group" "g" {
  port     = 8080
  protocol = "TCP"
  vpc_id   = aws_vpc.v.id
}

resource "aws_security_group" "app" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol    = "tcp"
    from_port   = 8080
    to_port     = 8080
    cidr_blocks = ["10.0.0.0/16"]
  }
}

resource "aws_api_gateway_rest_api" "a" {
  name = "a"
  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_vpc_link" "l" {
  name        = "l"
  target_arns = [aws_lb.b.arn]
}

resource "aws_api_gateway_method" "m" {
  rest_api_id   = aws_api_gateway_rest_api.a.id
  resource_id   = aws_api_gateway_rest_api.a.root_resource_id
  http_method   = "ANY"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "m" {
  rest_api_id             = aws_api_gateway_rest_api.a.id
  resource_id             = aws_api_gateway_rest_api.a.root_resource_id
  http_method             = aws_api_gateway_method.m.http_method
  type                    = "HTTP_PROXY"
  integration_http_method = "ANY"
  uri                     = "http://internal.example.com"
  connection_type         = "VPC_LINK"
  connection_id           = aws_api_gateway_vpc_link.l.id
}
