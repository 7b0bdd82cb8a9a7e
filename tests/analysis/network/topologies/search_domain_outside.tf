# row: RDS etc.
# source: OpenSearch Service Developer Guide, VPC domains: without VPC options a domain has a public endpoint
# base: vpc open
# ask: internet aws_opensearch_domain.s 443
# verdict: reachable, though it looks closed
# twin: # vpc_options => vpc_options {\n subnet_ids = [aws_subnet.private.id]\n }
# twin verdict: unreachable

resource "aws_opensearch_domain" "s" {
  domain_name = "s"
  # vpc_options
}
