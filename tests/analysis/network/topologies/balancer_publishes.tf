# row: ALB / CLB
# source: Elastic Load Balancing, Application Load Balancers: internet-facing balancers send to private targets
# base: vpc open alb
# ask: internet aws_instance.app 8080
# verdict: reachable, though it looks closed
# twin: internal        = false => internal        = true
# twin verdict: unreachable

resource "aws_lb" "b" {
  internal        = false
  subnets         = [aws_subnet.public.id, aws_subnet.public_b.id]
  security_groups = [aws_security_group.open.id]
}
