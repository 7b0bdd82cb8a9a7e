# row: VPN / DX
# source: Batfish, testFromVgw: the network announces all of itself, replies need a route to the gateway
# code: NO_ROUTE_TO_DESTINATION
# base: vpc open db
# ask: 192.168.1.0/24 aws_instance.db 22
# verdict: unreachable, though it looks open
# twin: propagating_vgws = [] => propagating_vgws = [aws_vpn_gateway.g.id]
# twin verdict: reachable

resource "aws_vpn_gateway" "g" {
  vpc_id = aws_vpc.v.id
}

resource "aws_customer_gateway" "c" {
  type    = "ipsec.1"
  bgp_asn = 65000
}

resource "aws_vpn_connection" "n" {
  vpn_gateway_id      = aws_vpn_gateway.g.id
  customer_gateway_id = aws_customer_gateway.c.id
  type                = "ipsec.1"
}

resource "aws_route_table" "private" {
  vpc_id           = aws_vpc.v.id
  propagating_vgws = []
}

resource "aws_route_table_association" "private" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.private.id
}
