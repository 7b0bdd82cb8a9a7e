# row: NLB
# source: Elastic Load Balancing, Network Load Balancers: targets by address over TCP see the balancer
# base: vpc
# ask: internet aws_instance.app 8080
# verdict: reachable, though it looks closed
# twin: target_type = "ip" => target_type = "instance"
# twin verdict: unreachable

resource "aws_lb" "b" {
  load_balancer_type = "network"
  internal           = false
  subnets            = [aws_subnet.public.id]
}

resource "aws_lb_target_group" "g" {
  port     = 8080
  protocol = "TCP"
  vpc_id   = aws_vpc.v.id
  target_type = "ip"
}

resource "aws_security_group" "app" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol    = "tcp"
    from_port   = 8080
    to_port     = 8080
    cidr_blocks = ["10.0.0.0/16"]
  }
}

resource "aws_lb_listener" "l" {
  load_balancer_arn = aws_lb.b.arn
  port              = 443
  protocol          = "TLS"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.g.arn
  }
}

resource "aws_lb_target_group_attachment" "a" {
  target_group_arn = aws_lb_target_group.g.arn
  target_id        = aws_instance.app.private_ip
}

resource "aws_instance" "app" {
  subnet_id              = aws_subnet.private.id
  private_ip             = "10.0.2.10"
  vpc_security_group_ids = [aws_security_group.app.id]
}
