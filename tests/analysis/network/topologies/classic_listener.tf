# row: ALB / CLB
# source: Elastic Load Balancing, Listeners for your Classic Load Balancer
# code: ELB_LISTENERS_MISMATCH
# base: vpc open
# ask: internet aws_elb.b 443
# verdict: unreachable, though it looks open
# twin: lb_port           = 80 => lb_port           = 443
# twin verdict: reachable

resource "aws_elb" "b" {
  subnets         = [aws_subnet.public.id]
  security_groups = [aws_security_group.open.id]
  listener {
    instance_port     = 8080
    instance_protocol = "http"
    lb_port           = 80
    lb_protocol       = "http"
  }
}
