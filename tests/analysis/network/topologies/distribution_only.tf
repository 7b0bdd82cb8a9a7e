# row: Edge publishers
# source: CloudFront Developer Guide, Restrict access to Application Load Balancers: the origin-facing prefix list
# base: vpc open alb
# ask: internet aws_lb.b 443
# verdict: reachable, though it looks closed
# twin: name = "com.amazonaws.global.cloudfront.origin-facing" => name = "com.amazonaws.eu-west-1.s3"
# twin verdict: unreachable

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

resource "aws_cloudfront_distribution" "d" {
  enabled = true
  origin {
    domain_name = aws_lb.b.dns_name
    origin_id   = "o"
    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }
}
