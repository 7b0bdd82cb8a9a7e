# row: Route tables
# source: VPC User Guide, Route priority: of routes of one destination the static one is used
# code: HIGHER_PRIORITY_ROUTE
# base: vpc open db other
# ask: aws_instance.db 192.168.1.0/24 22
# verdict: reachable, though it looks closed
# twin: cidr_block                = "192.0.0.0/8" => cidr_block                = "192.168.0.0/16"
# twin verdict: unreachable

resource "aws_vpn_gateway" "g" {
  vpc_id = aws_vpc.v.id
}

resource "aws_customer_gateway" "c" {
  type       = "ipsec.1"
  bgp_asn    = 65000
  ip_address = "198.51.100.9"
}

resource "aws_vpn_connection" "n" {
  vpn_gateway_id      = aws_vpn_gateway.g.id
  customer_gateway_id = aws_customer_gateway.c.id
  type                = "ipsec.1"
  static_routes_only  = true
}

resource "aws_vpn_connection_route" "n" {
  vpn_connection_id      = aws_vpn_connection.n.id
  destination_cidr_block = "192.168.0.0/16"
}

resource "aws_vpc_peering_connection" "p" {
  vpc_id      = aws_vpc.v.id
  peer_vpc_id = aws_vpc.o.id
  auto_accept = true
}

resource "aws_route_table" "private" {
  vpc_id           = aws_vpc.v.id
  propagating_vgws = [aws_vpn_gateway.g.id]
  route {
    cidr_block                = "192.0.0.0/8"
    vpc_peering_connection_id = aws_vpc_peering_connection.p.id
  }
}

resource "aws_route_table_association" "private" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.private.id
}
