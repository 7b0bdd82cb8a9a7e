# row: IGW
# source: VPC User Guide, Internet gateways: private addresses are not routed on the internet
# code: IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS
# base: vpc open web
# ask: aws_instance.web 192.168.1.0/24 443
# verdict: unreachable, though it looks open
# twin: gateway_id             = aws_internet_gateway.i.id => gateway_id             = aws_vpn_gateway.g.id
# twin verdict: reachable

resource "aws_route" "premises" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "192.168.0.0/16"
  gateway_id             = aws_internet_gateway.i.id
}

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
