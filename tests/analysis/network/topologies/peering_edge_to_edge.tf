# row: Peering
# source: VPC Peering Guide, Unsupported configurations: edge to edge routing through a NAT device
# code: PCX_REQUIRES_ADDRESS_IN_VPC_CIDR
# base: vpc open web other
# ask: aws_instance.o internet 443
# verdict: unreachable, though it looks open
# twin: vpc_peering_connection_id = aws_vpc_peering_connection.p.id # out => nat_gateway_id            = aws_nat_gateway.o.id
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
    vpc_peering_connection_id = aws_vpc_peering_connection.p.id # out
  }
}

resource "aws_route_table_association" "o" {
  subnet_id      = aws_subnet.o.id
  route_table_id = aws_route_table.o.id
}

resource "aws_nat_gateway" "o" {
  subnet_id = aws_subnet.edge.id
}

resource "aws_internet_gateway" "o" {
  vpc_id = aws_vpc.o.id
}

resource "aws_subnet" "edge" {
  vpc_id     = aws_vpc.o.id
  cidr_block = "10.1.9.0/24"
}

resource "aws_route_table" "edge" {
  vpc_id = aws_vpc.o.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.o.id
  }
}

resource "aws_route_table_association" "edge" {
  subnet_id      = aws_subnet.edge.id
  route_table_id = aws_route_table.edge.id
}
