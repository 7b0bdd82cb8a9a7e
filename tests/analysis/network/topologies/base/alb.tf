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

resource "aws_security_group" "app" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol        = "tcp"
    from_port       = 8080
    to_port         = 8080
    security_groups = [aws_security_group.open.id]
  }
}

resource "aws_instance" "app" {
  subnet_id              = aws_subnet.private.id
  vpc_security_group_ids = [aws_security_group.app.id]
}

resource "aws_subnet" "public_b" {
  vpc_id            = aws_vpc.v.id
  cidr_block        = "10.0.3.0/24"
  availability_zone = "eu-west-1b"
}

resource "aws_route_table_association" "public_b" {
  subnet_id      = aws_subnet.public_b.id
  route_table_id = aws_route_table.public.id
}
