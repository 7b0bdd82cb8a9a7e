# row: ALB / CLB
# source: Elastic Load Balancing, Application Load Balancers: subnets of an internet-facing balancer need a route to the gateway
# base: vpc open alb
# ask: internet aws_instance.app 8080
# verdict: unreachable, though it looks open
# twin: aws_subnet.private.id, aws_subnet.quiet.id => aws_subnet.private.id, aws_subnet.public_b.id
# twin verdict: reachable

resource "aws_lb" "b" {
  internal        = false
  subnets         = [aws_subnet.private.id, aws_subnet.quiet.id]
  security_groups = [aws_security_group.open.id]
}

resource "aws_subnet" "quiet" {
  vpc_id            = aws_vpc.v.id
  cidr_block        = "10.0.4.0/24"
  availability_zone = "eu-west-1b"
}
