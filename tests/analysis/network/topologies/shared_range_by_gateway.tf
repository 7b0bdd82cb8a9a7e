# row: IGW
# source: Reachability Analyzer, Explanation codes; RFC 6598: internet gateways drop what goes to shared addresses
# code: IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS
# base: vpc open
# ask: aws_instance.x 100.64.1.0/24 443
# verdict: reachable, though it looks closed
# twin: gateway_id = aws_vpn_gateway.g.id => gateway_id = aws_internet_gateway.i.id # out
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
  destination_cidr_block = "100.64.0.0/10"
}

resource "aws_route_table" "shared" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block = "100.64.0.0/10"
    gateway_id = aws_vpn_gateway.g.id
  }
}

resource "aws_subnet" "x" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.7.0/24"
}

resource "aws_route_table_association" "x" {
  subnet_id      = aws_subnet.x.id
  route_table_id = aws_route_table.shared.id
}

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.x.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.open.id]
}
