# row: VPN / DX
# source: VPN User Guide, Route tables and VPN route priority
# base: vpc open db
# ask: aws_instance.db 192.168.1.0/24 22
# verdict: reachable, though it looks closed
# twin: destination_cidr_block = "192.168.0.0/16" => destination_cidr_block = "192.169.0.0/16"
# twin verdict: unreachable

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

resource "aws_route" "r" {
  route_table_id         = aws_route_table.private.id
  destination_cidr_block = "192.168.0.0/16"
  gateway_id             = aws_vpn_gateway.g.id
}
