# row: NLB
# source: Elastic Load Balancing, Network Load Balancers, Client IP preservation: targets registered by instance see the client
# code: ELBV2_SOURCE_ADDRESS_PRESERVATION
# base: vpc balanced
# ask: internet aws_instance.app 8080
# verdict: unreachable, though it looks open
# twin: cidr_blocks = ["10.0.0.0/16"] => cidr_blocks = ["0.0.0.0/0"]
# twin verdict: reachable

resource "aws_lb" "b" {
  load_balancer_type = "network"
  internal           = false
  subnets            = [aws_subnet.public.id]
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
    cidr_blocks = ["10.0.0.0/16"]
  }
}
