# row: Peering
# source: VPC Peering Guide, Reference peer security groups: in the same Region
# base: vpc open db other
# ask: aws_instance.db aws_instance.p 22
# verdict: reachable, though it looks closed
# twin: security_groups = [aws_security_group.open.id] => security_groups = [aws_security_group.o.id]
# twin verdict: unreachable

resource "aws_vpc_peering_connection" "p" {
  vpc_id      = aws_vpc.v.id
  peer_vpc_id = aws_vpc.o.id
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

resource "aws_security_group" "p" {
  vpc_id = aws_vpc.o.id
  ingress {
    protocol        = "tcp"
    from_port       = 22
    to_port         = 22
    security_groups = [aws_security_group.open.id]
  }
}

resource "aws_instance" "p" {
  subnet_id              = aws_subnet.o.id
  vpc_security_group_ids = [aws_security_group.p.id]
}
