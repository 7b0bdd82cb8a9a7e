# row: Edge publishers
# source: Global Accelerator Developer Guide, Requirements for VPCs: an internet gateway is attached, routes are not needed
# base: open
# ask: internet aws_lb.b 443
# verdict: reachable, though it looks closed
# twin: vpc_id = aws_vpc.v.id # gateway => vpc_id = aws_vpc.o.id # gateway
# twin verdict: unreachable

resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_vpc" "o" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_internet_gateway" "i" {
  vpc_id = aws_vpc.v.id # gateway
}

resource "aws_subnet" "s" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_lb" "b" {
  internal        = true
  subnets         = [aws_subnet.s.id]
  security_groups = [aws_security_group.open.id]
}

resource "aws_lb_listener" "l" {
  load_balancer_arn = aws_lb.b.arn
  port              = 443
  protocol          = "HTTPS"
  default_action {
    type = "fixed-response"
  }
}

resource "aws_globalaccelerator_accelerator" "a" {
  name = "a"
}

resource "aws_globalaccelerator_listener" "l" {
  accelerator_arn = aws_globalaccelerator_accelerator.a.id
  protocol        = "TCP"
  port_range {
    from_port = 443
    to_port   = 443
  }
}

resource "aws_globalaccelerator_endpoint_group" "g" {
  listener_arn = aws_globalaccelerator_listener.l.id
  endpoint_configuration {
    endpoint_id = aws_lb.b.arn
    weight      = 100
  }
}
