# row: VPN / DX
# source: VPC Peering Guide, Unsupported configurations: edge to edge routing through a VPN connection
# code: VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS
# base: vpc other
# ask: 192.168.1.0/24 aws_instance.o 22
# verdict: unreachable, though it looks open
# twin: vpc_id = aws_vpc.v.id # line => vpc_id = aws_vpc.o.id
# twin verdict: reachable

resource "aws_vpn_gateway" "g" {
  vpc_id = aws_vpc.v.id # line
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

resource "aws_route_table" "o" {
  vpc_id           = aws_vpc.o.id
  propagating_vgws = [aws_vpn_gateway.g.id]
  route {
    cidr_block                = "10.0.0.0/16"
    vpc_peering_connection_id = aws_vpc_peering_connection.p.id
  }
}

resource "aws_route_table_association" "o" {
  subnet_id      = aws_subnet.o.id
  route_table_id = aws_route_table.o.id
}
