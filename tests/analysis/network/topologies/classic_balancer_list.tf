# row: ALB / CLB
# source: Reachability Analyzer Guide, ELB_ACL_RESTRICTION: classic balancers apply access lists to outbound traffic inside their subnet too
# code: ELB_ACL_RESTRICTION
# base: vpc open
# ask: internet aws_instance.app 8080
# verdict: unreachable, though it looks open
# twin: cidr_block = "10.0.1.0/25" => cidr_block = "10.9.1.0/25"
# twin verdict: reachable

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
  subnet_id              = aws_subnet.public.id
  private_ip             = "10.0.1.20"
  vpc_security_group_ids = [aws_security_group.open.id]
}

resource "aws_network_acl" "n" {
  vpc_id     = aws_vpc.v.id
  subnet_ids = [aws_subnet.public.id]
  egress {
    rule_no    = 90
    action     = "deny"
    protocol   = "-1"
    cidr_block = "10.0.1.0/25"
    from_port  = 0
    to_port    = 0
  }
  egress {
    rule_no    = 100
    action     = "allow"
    protocol   = "-1"
    cidr_block = "0.0.0.0/0"
    from_port  = 0
    to_port    = 0
  }
  ingress {
    rule_no    = 100
    action     = "allow"
    protocol   = "-1"
    cidr_block = "0.0.0.0/0"
    from_port  = 0
    to_port    = 0
  }
}
