# row: VPN / DX
# source: Direct Connect User Guide, Virtual private gateway associations
# base: vpc open db
# ask: 192.168.1.0/24 aws_instance.db 22
# verdict: reachable, though it looks closed
# twin: associated_gateway_id = aws_vpn_gateway.g.id => associated_gateway_id = aws_vpn_gateway.h.id
# twin verdict: unreachable

resource "aws_dx_gateway" "d" {
  name            = "d"
  amazon_side_asn = 64512
}

resource "aws_dx_gateway_association" "a" {
  dx_gateway_id         = aws_dx_gateway.d.id
  associated_gateway_id = aws_vpn_gateway.g.id
}

resource "aws_vpn_gateway" "g" {
  vpc_id = aws_vpc.v.id
}

resource "aws_vpn_gateway" "h" {}

resource "aws_default_route_table" "d" {
  default_route_table_id = aws_vpc.v.default_route_table_id
  propagating_vgws       = [aws_vpn_gateway.g.id]
}
