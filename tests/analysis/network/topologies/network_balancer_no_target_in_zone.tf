# row: NLB
# source: Elastic Load Balancing, Network Load Balancers: each node sends to targets of its own zone only, and a node takes what its subnet's routes bring
# code: ELBV2_NO_TARGETS_IN_AZ
# base: vpc open
# ask: internet aws_instance.app 8080
# verdict: reachable, though it looks closed
# twin: enable_cross_zone_load_balancing = true => enable_cross_zone_load_balancing = false
# twin verdict: unreachable

resource "aws_lb" "b" {
  load_balancer_type               = "network"
  internal                         = false
  subnets                          = [aws_subnet.public.id, aws_subnet.far.id]
  enable_cross_zone_load_balancing = true
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

resource "aws_subnet" "far" {
  vpc_id            = aws_vpc.v.id
  cidr_block        = "10.0.8.0/24"
  availability_zone = "eu-west-1b"
}

resource "aws_instance" "app" {
  subnet_id              = aws_subnet.far.id
  vpc_security_group_ids = [aws_security_group.open.id]
}
