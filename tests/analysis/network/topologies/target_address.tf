# row: NLB
# source: Elastic Load Balancing, Target groups: a group sends to the registered addresses only
# code: TARGET_ADDRESS_RESTRICTION
# base: vpc open
# ask: internet aws_instance.app 8080
# verdict: unreachable, though it looks open
# twin: target_id        = "10.0.2.11" => target_id        = "10.0.2.10"
# twin verdict: reachable

resource "aws_lb" "b" {
  load_balancer_type = "network"
  internal           = false
  subnets            = [aws_subnet.public.id]
}

resource "aws_lb_target_group" "g" {
  port        = 8080
  protocol    = "TCP"
  vpc_id      = aws_vpc.v.id
  target_type = "ip"
}

resource "aws_lb_listener" "l" {
  load_balancer_arn = aws_lb.b.arn
  port              = 443
  protocol          = "TCP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.g.arn
  }
}

resource "aws_lb_target_group_attachment" "a" {
  target_group_arn = aws_lb_target_group.g.arn
  target_id        = "10.0.2.11"
}

resource "aws_instance" "app" {
  subnet_id              = aws_subnet.private.id
  private_ip             = "10.0.2.10"
  vpc_security_group_ids = [aws_security_group.open.id]
}
