# row: NLB
# source: Elastic Load Balancing, Network Load Balancers: cross-zone load balancing is off by default
# code: ELB_NOT_CROSSZONE
# base: vpc balanced
# ask: internet aws_instance.app 8080
# verdict: unreachable, though it looks open
# twin: enable_cross_zone_load_balancing = false => enable_cross_zone_load_balancing = true
# twin verdict: reachable

resource "aws_lb" "b" {
  load_balancer_type = "network"
  internal           = false
  subnets            = [aws_subnet.edge.id, aws_subnet.private.id]
  enable_cross_zone_load_balancing = false
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

resource "aws_subnet" "edge" {
  vpc_id            = aws_vpc.v.id
  cidr_block        = "10.0.8.0/24"
  availability_zone = "eu-west-1b"
}

resource "aws_route_table_association" "edge" {
  subnet_id      = aws_subnet.edge.id
  route_table_id = aws_route_table.public.id
}
