# row: NLB
# source: Elastic Load Balancing, Network Load Balancers, Client IP preservation: switched off, targets see the balancer
# base: vpc balanced
# ask: internet aws_instance.app 8080
# verdict: reachable, though it looks closed
# twin: preserve_client_ip = false => preserve_client_ip = true
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
  preserve_client_ip = false
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
