# row: ALB / CLB
# source: Elastic Load Balancing, Security groups for your Application Load Balancer: outbound to targets
# code: ENI_SG_RULES_MISMATCH
# base: vpc open alb
# ask: internet aws_instance.app 8080
# verdict: unreachable, though it looks open
# twin: from_port   = 8081 => from_port   = 8080
# twin verdict: reachable

resource "aws_lb" "b" {
  internal        = false
  subnets         = [aws_subnet.public.id, aws_subnet.public_b.id]
  security_groups = [aws_security_group.b.id, aws_security_group.tag.id]
}

resource "aws_security_group" "b" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {
    protocol    = "tcp"
    from_port   = 8081
    to_port     = 9000
    cidr_blocks = ["10.0.2.0/24"]
  }
}

resource "aws_security_group" "tag" {
  vpc_id = aws_vpc.v.id
}

resource "aws_security_group_rule" "app" {
  security_group_id        = aws_security_group.app.id
  type                     = "ingress"
  protocol                 = "tcp"
  from_port                = 8080
  to_port                  = 8080
  source_security_group_id = aws_security_group.b.id
}
