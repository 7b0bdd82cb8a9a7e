# row: EIGW
# source: VPC User Guide, Egress-only internet gateways: the internet cannot initiate a connection
# base: six open
# ask: internet aws_instance.six 443
# verdict: unreachable, though it looks open
# twin: egress_only_gateway_id = aws_egress_only_internet_gateway.e.id => gateway_id = aws_internet_gateway.i.id
# twin verdict: reachable

resource "aws_route_table" "six" {
  vpc_id = aws_vpc.v.id
  route {
    ipv6_cidr_block        = "::/0"
    egress_only_gateway_id = aws_egress_only_internet_gateway.e.id
  }
}
