# row: Edge publishers
# source: VPC User Guide, AWS-managed prefix lists: the list holds the addresses of CloudFront servers
# base: vpc open alb
# ask: internet aws_lb.b 443
# verdict: unreachable, though it looks open
# twin: prefix_list_ids = [data.aws_ec2_managed_prefix_list.cf.id] => cidr_blocks     = ["0.0.0.0/0"]
# twin verdict: reachable

resource "aws_lb" "b" {
  internal        = false
  subnets         = [aws_subnet.public.id, aws_subnet.public_b.id]
  security_groups = [aws_security_group.b.id]
}

data "aws_ec2_managed_prefix_list" "cf" {
  name = "com.amazonaws.global.cloudfront.origin-facing"
}

resource "aws_security_group" "b" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol        = "tcp"
    from_port       = 443
    to_port         = 443
    prefix_list_ids = [data.aws_ec2_managed_prefix_list.cf.id]
  }
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}
