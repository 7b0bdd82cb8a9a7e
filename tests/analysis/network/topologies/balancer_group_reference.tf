# row: ALB / CLB
# source: Elastic Load Balancing, Security groups: the target admits the group of the balancer
# base: vpc open alb
# ask: internet aws_instance.app 8080
# verdict: unreachable, though it looks open
# twin: security_groups = [aws_security_group.b.id] => security_groups = [aws_security_group.open.id]
# twin verdict: reachable

resource "aws_lb" "b" {
  internal        = false
  subnets         = [aws_subnet.public.id, aws_subnet.public_b.id]
  security_groups = [aws_security_group.b.id]
}

resource "aws_security_group" "b" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {
    protocol    = "tcp"
    from_port   = 8000
    to_port     = 9000
    cidr_blocks = ["10.0.2.0/24"]
  }
}
