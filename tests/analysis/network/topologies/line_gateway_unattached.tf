# row: VPN / DX
# source: VPC User Guide, Virtual private gateways: a gateway serves the VPC that it is attached to
# code: UNASSOCIATED_COMPONENT
# base: vpc open db
# ask: aws_instance.db 192.168.1.0/24 22
# verdict: unreachable, though it looks open
# twin: vpc_id         = aws_vpc.w.id => vpc_id         = aws_vpc.v.id
# twin verdict: reachable

resource "aws_vpc" "w" {
  cidr_block = "10.8.0.0/16"
}

resource "aws_vpn_gateway" "g" {}

resource "aws_vpn_gateway_attachment" "g" {
  vpn_gateway_id = aws_vpn_gateway.g.id
  vpc_id         = aws_vpc.w.id
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

resource "aws_default_route_table" "d" {
  default_route_table_id = aws_vpc.v.default_route_table_id
  route {
    cidr_block = "192.168.0.0/16"
    gateway_id = aws_vpn_gateway.g.id
  }
}
