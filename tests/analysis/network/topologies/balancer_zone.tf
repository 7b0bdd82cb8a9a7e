# row: ALB / CLB
# source: Elastic Load Balancing, How it works: targets in a zone that is not enabled receive no traffic
# code: ELB_INSTALLED_AZ_RESTRICTION
# base: vpc open alb
# ask: internet aws_instance.y 8080
# verdict: unreachable, though it looks open
# twin: availability_zone = "eu-west-1c" => availability_zone = "eu-west-1b"
# twin verdict: reachable

resource "aws_lb" "b" {
  internal        = false
  subnets         = [aws_subnet.public.id, aws_subnet.public_b.id]
  security_groups = [aws_security_group.open.id]
}

resource "aws_lb_target_group_attachment" "y" {
  target_group_arn = aws_lb_target_group.g.arn
  target_id        = aws_instance.y.id
}

resource "aws_subnet" "y" {
  vpc_id            = aws_vpc.v.id
  cidr_block        = "10.0.5.0/24"
  availability_zone = "eu-west-1c"
}

resource "aws_instance" "y" {
  subnet_id              = aws_subnet.y.id
  vpc_security_group_ids = [aws_security_group.app.id]
}
