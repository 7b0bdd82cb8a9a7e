# row: Interface endpoint
# source: AWS PrivateLink Guide, Endpoint services: an endpoint stands in zones that the service is in
# code: VPCE_SERVICE_NOT_INSTALLED_IN_AZ
# base: vpc balanced other
# ask: aws_instance.o aws_instance.app 8080
# verdict: reachable, though it looks closed
# twin: availability_zone = "eu-west-1a" => availability_zone = "eu-west-1b" # endpoint
# twin verdict: unreachable

resource "aws_lb" "b" {
  load_balancer_type               = "network"
  internal                         = true
  subnets                          = [aws_subnet.private.id]
  enable_cross_zone_load_balancing = true
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

resource "aws_subnet" "e" {
  vpc_id            = aws_vpc.o.id
  cidr_block        = "10.1.5.0/24"
  availability_zone = "eu-west-1a"
}

resource "aws_vpc_endpoint" "e" {
  vpc_id             = aws_vpc.o.id
  vpc_endpoint_type  = "Interface"
  service_name       = aws_vpc_endpoint_service.s.service_name
  subnet_ids         = [aws_subnet.e.id]
  security_group_ids = [aws_security_group.o.id]
}
