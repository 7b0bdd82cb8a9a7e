# row: Edge publishers
# source: API Gateway Developer Guide, Private REST APIs: reached through interface endpoints only
# base: vpc
# ask: internet aws_api_gateway_rest_api.a 443
# verdict: unreachable, though it looks open
# twin: types = ["PRIVATE"] => types = ["REGIONAL"]
# twin verdict: reachable

resource "aws_api_gateway_rest_api" "a" {
  name = "a"
  endpoint_configuration {
    types = ["PRIVATE"]
  }
}
