# row: Peering
# source: VPC Peering Guide, Unsupported configurations: transitive peering
# code: NO_POSSIBLE_DESTINATION
# base: vpc open db other
# ask: aws_instance.db aws_instance.o 22
# verdict: unreachable, though it looks open
# twin: peer_vpc_id = aws_vpc.m.id => peer_vpc_id = aws_vpc.o.id
# twin verdict: reachable

resource "aws_vpc_peering_connection" "p" {
  vpc_id      = aws_vpc.v.id
  peer_vpc_id = aws_vpc.m.id
  auto_accept = true
}

resource "aws_route_table" "v" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block                = "10.1.0.0/16"
    vpc_peering_connection_id = aws_vpc_peering_connection.p.id
  }
}

resource "aws_route_table_association" "v" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.v.id
}

resource "aws_route_table" "o" {
  vpc_id = aws_vpc.o.id
  route {
    cidr_block                = "10.0.0.0/16"
    vpc_peering_connection_id = aws_vpc_peering_connection.p.id
  }
}

resource "aws_route_table_association" "o" {
  subnet_id      = aws_subnet.o.id
  route_table_id = aws_route_table.o.id
}

resource "aws_vpc" "m" {
  cidr_block = "10.2.0.0/16"
}

resource "aws_vpc_peering_connection" "q" {
  vpc_id      = aws_vpc.m.id
  peer_vpc_id = "${aws_vpc.o.id}"
  auto_accept = true
}
