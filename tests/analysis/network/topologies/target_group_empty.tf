# row: ALB / CLB
# source: Elastic Load Balancing, Target groups: a listener sends to registered targets
# code: ELBV2_LISTENER_HAS_NO_TG
# base: vpc open alb
# ask: internet aws_instance.y 8080
# verdict: unreachable, though it looks open
# twin: target_id        = "10.0.2.99" => target_id        = aws_instance.y.id
# twin verdict: reachable

resource "aws_lb" "b" {
  internal        = false
  subnets         = [aws_subnet.public.id, aws_subnet.public_b.id]
  security_groups = [aws_security_group.open.id]
}

resource "aws_lb_target_group_attachment" "y" {
  target_group_arn = aws_lb_target_group.g.arn
  target_id        = "10.0.2.99"
}

resource "aws_instance" "y" {
  subnet_id              = aws_subnet.private.id
  vpc_security_group_ids = [aws_security_group.app.id]
}
