# row: Interface endpoint
# source: AWS PrivateLink Guide: with endpoint services the source addresses are those of the load balancer nodes
# base: vpc balanced other
# ask: aws_instance.o aws_instance.app 8080
# verdict: reachable, though it looks closed
# twin: cidr_blocks = ["10.0.0.0/16"] => cidr_blocks = ["10.1.0.0/16"]
# twin verdict: unreachable

resource "aws_lb" "b" {
  load_balancer_type                                           = "network"
  internal                                                     = true
  subnets                                                      = [aws_subnet.private.id]
  security_groups                                              = [aws_security_group.shut.id]
  enforce_security_group_inbound_rules_on_private_link_traffic = "off"
}

resource "aws_security_group" "shut" {
  vpc_id = aws_vpc.v.id
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
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

resource "aws_lb_target_group" "g" {
  port     = 8080
  protocol = "TCP"
  vpc_id   = aws_vpc.v.id
}

resource "aws_vpc_endpoint_service" "s" {
  acceptance_required        = false
  network_load_balancer_arns = [aws_lb.b.arn]
}

resource "aws_vpc_endpoint" "e" {
  vpc_id             = aws_vpc.o.id
  vpc_endpoint_type  = "Interface"
  service_name       = aws_vpc_endpoint_service.s.service_name
  subnet_ids         = [aws_subnet.o.id]
  security_group_ids = [aws_security_group.o.id]
}
