# row: ALB / CLB
# source: Elastic Load Balancing, Listener rules: a rule forwards to its own target group
# base: vpc open alb
# ask: internet aws_instance.y 9090
# verdict: reachable, though it looks closed
# twin: target_group_arn = aws_lb_target_group.h.arn # rule => target_group_arn = aws_lb_target_group.g.arn # rule
# twin verdict: unreachable

resource "aws_lb" "b" {
  internal        = false
  subnets         = [aws_subnet.public.id, aws_subnet.public_b.id]
  security_groups = [aws_security_group.open.id]
}

resource "aws_lb_listener_rule" "r" {
  listener_arn = aws_lb_listener.l.arn
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.h.arn # rule
  }
  condition {
    path_pattern {
      values = ["/admin/*"]
    }
  }
}

resource "aws_lb_target_group" "h" {
  port     = 9090
  protocol = "HTTP"
  vpc_id   = aws_vpc.v.id
}

resource "aws_lb_target_group_attachment" "y" {
  target_group_arn = aws_lb_target_group.h.arn
  target_id        = aws_instance.y.id
}

resource "aws_instance" "y" {
  subnet_id              = aws_subnet.private.id
  vpc_security_group_ids = [aws_security_group.open.id]
}
