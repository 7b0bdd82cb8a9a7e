# row: NAT GW
# source: VPC User Guide, NAT gateway basics: no traffic over peering connections
# code: NGW_REQUIRES_SOURCE_IN_VPC
# base: vpc open nat other
# ask: aws_instance.x internet 443
# verdict: unreachable, though it looks open
# twin: subnet_id              = aws_subnet.o.id => subnet_id              = aws_subnet.private.id
# twin verdict: reachable

resource "aws_vpc_peering_connection" "p" {
  vpc_id      = aws_vpc.v.id
  peer_vpc_id = aws_vpc.o.id
  auto_accept = true
}

resource "aws_route_table" "o" {
  vpc_id = aws_vpc.o.id
  route {
    cidr_block                = "0.0.0.0/0"
    vpc_peering_connection_id = aws_vpc_peering_connection.p.id
  }
}

resource "aws_route_table_association" "o" {
  subnet_id      = aws_subnet.o.id
  route_table_id = aws_route_table.o.id
}

resource "aws_route" "back" {
  route_table_id            = aws_route_table.public.id
  destination_cidr_block    = "10.1.0.0/16"
  vpc_peering_connection_id = aws_vpc_peering_connection.p.id
}

resource "aws_instance" "x" {
  subnet_id              = aws_subnet.o.id
  vpc_security_group_ids = [aws_security_group.open.id]
}
