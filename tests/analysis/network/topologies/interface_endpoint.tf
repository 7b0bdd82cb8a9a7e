# row: Interface endpoint
# source: AWS PrivateLink Guide, Access an AWS service using an interface VPC endpoint
# base: vpc open db
# ask: aws_instance.db aws_sqs_queue.q 443
# verdict: reachable, though it looks closed
# twin: "com.amazonaws.eu-west-1.sqs" => "com.amazonaws.eu-west-1.sns"
# twin verdict: unreachable

resource "aws_sqs_queue" "q" {}

resource "aws_vpc_endpoint" "e" {
  vpc_id              = aws_vpc.v.id
  vpc_endpoint_type   = "Interface"
  service_name        = "com.amazonaws.eu-west-1.sqs"
  subnet_ids          = [aws_subnet.private.id]
  security_group_ids  = [aws_security_group.open.id]
  private_dns_enabled = true
}
