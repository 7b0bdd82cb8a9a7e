# row: ENI attach points
# source: Lambda Developer Guide, Internet access for VPC functions: a function gets no public address
# code: IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS
# base: vpc open nat
# ask: aws_lambda_function.f internet 443
# verdict: unreachable, though it looks open
# twin: [aws_subnet.public.id] => [aws_subnet.private.id]
# twin verdict: reachable

resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::111122223333:role/f"
  vpc_config {
    subnet_ids         = [aws_subnet.public.id]
    security_group_ids = [aws_security_group.open.id]
  }
}
