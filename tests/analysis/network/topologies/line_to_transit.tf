# row: VPN / DX
# source: Transit Gateway Guide, VPN attachments
# base: vpc open db
# ask: 192.168.1.0/24 aws_instance.db 22
# verdict: reachable, though it looks closed
# twin: "192.168.0.0/16" => "192.169.0.0/16"
# twin verdict: unreachable

resource "aws_ec2_transit_gateway" "t" {}

resource "aws_ec2_transit_gateway_vpc_attachment" "v" {
  transit_gateway_id = aws_ec2_transit_gateway.t.id
  vpc_id             = aws_vpc.v.id
  subnet_ids         = [aws_subnet.private.id]
}

resource "aws_customer_gateway" "c" {
  type    = "ipsec.1"
  bgp_asn = 65000
}

resource "aws_vpn_connection" "n" {
  transit_gateway_id  = aws_ec2_transit_gateway.t.id
  customer_gateway_id = aws_customer_gateway.c.id
  type                = "ipsec.1"
}

resource "aws_default_route_table" "d" {
  default_route_table_id = aws_vpc.v.default_route_table_id
  route {
    cidr_block         = "192.168.0.0/16"
    transit_gateway_id = aws_ec2_transit_gateway.t.id
  }
}
