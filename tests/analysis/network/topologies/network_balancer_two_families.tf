# row: NLB
# source: Issue 7: IPv6 clients of a dual-stack balancer reach IPv4 targets from the address of the balancer
# ask: 2a00::/16 aws_instance.app 8080
# verdict: reachable, though it looks closed
# twin: "dualstack" => "ipv4"
# twin verdict: unreachable

resource "aws_vpc" "v" {
  cidr_block                       = "10.0.0.0/16"
  assign_generated_ipv6_cidr_block = true
}

resource "aws_internet_gateway" "i" {
  vpc_id = aws_vpc.v.id
}

resource "aws_subnet" "s" {
  vpc_id          = aws_vpc.v.id
  cidr_block      = "10.0.1.0/24"
  ipv6_cidr_block = cidrsubnet(aws_vpc.v.ipv6_cidr_block, 8, 1)
}

resource "aws_default_route_table" "d" {
  default_route_table_id = aws_vpc.v.default_route_table_id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.i.id
  }
  route {
    ipv6_cidr_block = "::/0"
    gateway_id      = aws_internet_gateway.i.id
  }
}

resource "aws_lb" "b" {
  load_balancer_type = "network"
  subnets            = [aws_subnet.s.id]
  ip_address_type    = "dualstack"
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

resource "aws_lb_target_group" "g" {
  port     = 8080
  protocol = "TCP"
  vpc_id   = aws_vpc.v.id
}

resource "aws_lb_target_group_attachment" "a" {
  target_group_arn = aws_lb_target_group.g.arn
  target_id        = aws_instance.app.id
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

resource "aws_instance" "app" {
  subnet_id              = aws_subnet.s.id
  vpc_security_group_ids = [aws_security_group.app.id]
}
