# row: ALB / CLB
# source: Elastic Load Balancing, Listeners: a balancer takes connections on the ports of its listeners
# code: ELBV2_LISTENERS_MISMATCH
# base: vpc open alb
# ask: internet aws_lb.b 8443
# verdict: unreachable, though it looks open
# twin: port              = 9443 => port              = 8443
# twin verdict: reachable

resource "aws_lb" "b" {
  internal        = false
  subnets         = [aws_subnet.public.id, aws_subnet.public_b.id]
  security_groups = [aws_security_group.open.id]
}

resource "aws_lb_listener" "m" {
  load_balancer_arn = aws_lb.b.arn
  port              = 9443
  protocol          = "HTTP"
  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
    }
  }
}
