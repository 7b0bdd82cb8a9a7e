# row: NAT GW
# source: VPC User Guide, NAT gateways: with a private NAT gateway the internet gateway drops the traffic
# code: IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS
# base: vpc open db
# ask: aws_instance.db internet 443
# verdict: unreachable, though it looks open
# twin: connectivity_type = "private" => connectivity_type = "public"
# twin verdict: reachable

resource "aws_nat_gateway" "n" {
  subnet_id         = aws_subnet.public.id
  connectivity_type = "private"
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.n.id
  }
}

resource "aws_route_table_association" "private" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.private.id
}
