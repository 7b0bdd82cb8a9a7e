# row: ALB / CLB
# source: Elastic Load Balancing, Target groups: targets receive on the port of the group
# code: ELBV2_LISTENER_REQUIRES_TG_ACCEPT TARGET_PORT_RESTRICTION
# base: vpc open
# ask: internet aws_instance.app 22
# verdict: unreachable, though it looks open
# twin: port     = 8080 => port     = 22
# twin verdict: reachable

resource "aws_lb" "b" {
  internal        = false
  subnets         = [aws_subnet.public.id]
  security_groups = [aws_security_group.open.id]
}

resource "aws_lb_listener" "l" {
  load_balancer_arn = aws_lb.b.arn
  port              = 443
  protocol          = "HTTPS"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.g.arn
  }
}

resource "aws_lb_target_group" "g" {
  port     = 8080
  protocol = "HTTP"
  vpc_id   = aws_vpc.v.id
}

resource "aws_lb_target_group_attachment" "a" {
  target_group_arn = aws_lb_target_group.g.arn
  target_id        = aws_instance.app.id
}

resource "aws_instance" "app" {
  subnet_id              = aws_subnet.private.id
  vpc_security_group_ids = [aws_security_group.open.id]
}
