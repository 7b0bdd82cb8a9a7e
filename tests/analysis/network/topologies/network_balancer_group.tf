# row: NLB
# source: Elastic Load Balancing, Network Load Balancers: with a security group, clients must pass it
# base: vpc balanced
# ask: internet aws_instance.app 8080
# verdict: unreachable, though it looks open
# twin: security_groups    = [aws_security_group.b.id] => security_groups    = []
# twin verdict: reachable

resource "aws_lb" "b" {
  load_balancer_type = "network"
  internal           = false
  subnets            = [aws_subnet.public.id]
  security_groups    = [aws_security_group.b.id]
}

resource "aws_lb_target_group" "g" {
  port     = 8080
  protocol = "TCP"
  vpc_id   = aws_vpc.v.id
}

resource "aws_security_group" "app" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol    = "tcp"
    from_port   = 8080
    to_port     = 8080
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "b" {
  vpc_id = aws_vpc.v.id
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}
