# row: Route tables
# source: VPC User Guide, Route tables: IPv4 and IPv6 traffic are treated separately
# base: six open
# ask: internet aws_instance.six 443
# verdict: reachable, though it looks closed
# twin: ipv6_cidr_block = "::/0" => ipv6_cidr_block = "fd00::/8"
# twin verdict: unreachable

resource "aws_route_table" "six" {
  vpc_id = aws_vpc.v.id
  route {
    ipv6_cidr_block = "::/0"
    gateway_id      = aws_internet_gateway.i.id
  }
}
