# row: NLB
# source: Elastic Load Balancing, Listeners for your Network Load Balancers
# code: ELBV2_LISTENER_PORT_RESTRICTION
# base: vpc open
# ask: internet aws_lb.b 443
# verdict: unreachable, though it looks open
# twin: port              = 80 => port              = 443
# twin verdict: reachable

resource "aws_lb" "b" {
  load_balancer_type = "network"
  subnets            = [aws_subnet.public.id]
}

resource "aws_lb_listener" "l" {
  load_balancer_arn = aws_lb.b.arn
  port              = 80
  protocol          = "TCP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.g.arn
  }
}

resource "aws_lb_target_group" "g" {
  port     = 8080
  protocol = "TCP"
  vpc_id   = aws_vpc.v.id
}
