# row: EIGW
# source: VPC User Guide, Egress-only internet gateways
# base: six open
# ask: aws_instance.six internet 443
# verdict: reachable, though it looks closed
# twin: ipv6_cidr_block        = "::/0" => ipv6_cidr_block        = "fd00::/8"
# twin verdict: unreachable

resource "aws_route_table" "six" {
  vpc_id = aws_vpc.v.id
  route {
    ipv6_cidr_block        = "::/0"
    egress_only_gateway_id = aws_egress_only_internet_gateway.e.id
  }
}
