# row: Interface endpoint
# source: EC2 API, CreateVpcEndpoint: without a group the default security group of the VPC is used
# base: vpc open db
# ask: aws_instance.db aws_sqs_queue.q 443
# verdict: unreachable, though it looks open
# twin: security_group_ids  = [] => security_group_ids  = [aws_security_group.open.id]
# twin verdict: reachable

resource "aws_sqs_queue" "q" {}

resource "aws_vpc_endpoint" "e" {
  vpc_id              = aws_vpc.v.id
  vpc_endpoint_type   = "Interface"
  service_name        = "com.amazonaws.eu-west-1.sqs"
  subnet_ids          = [aws_subnet.private.id]
  security_group_ids  = []
  private_dns_enabled = true
}
