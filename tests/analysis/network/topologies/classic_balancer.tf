# row: ALB / CLB
# source: Elastic Load Balancing, Classic Load Balancers: a listener sends to its instance port
# code: ELB_LISTENER_PORT_RESTRICTION
# base: vpc open
# ask: internet aws_instance.app 8080
# verdict: reachable, though it looks closed
# twin: instance_port     = 8080 => instance_port     = 8081
# twin verdict: unreachable

resource "aws_elb" "b" {
  subnets         = [aws_subnet.public.id]
  security_groups = [aws_security_group.open.id]
  instances       = [aws_instance.app.id]
  listener {
    instance_port     = 8080
    instance_protocol = "http"
    lb_port           = 80
    lb_protocol       = "http"
  }
}

resource "aws_instance" "app" {
  subnet_id              = aws_subnet.private.id
  vpc_security_group_ids = [aws_security_group.open.id]
}
