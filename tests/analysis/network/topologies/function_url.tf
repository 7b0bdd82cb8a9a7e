# row: Edge publishers
# source: Lambda Developer Guide, Access control for function URLs: NONE and AWS_IAM
# ask: internet aws_lambda_function.f 443
# verdict: reachable, though it looks closed
# twin: authorization_type = "NONE" => authorization_type = "AWS_IAM"
# twin verdict: unreachable

resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::111122223333:role/f"
}

resource "aws_lambda_function_url" "u" {
  function_name      = aws_lambda_function.f.function_name
  authorization_type = "NONE"
}
