# row: NAT GW
# source: VPC User Guide, Regional NAT gateways; Reachability Analyzer, Explanation codes
# code: REGIONAL_NGW_ROUTE_AZ_RESTRICTION
# base: vpc open
# ask: aws_instance.x internet 443
# verdict: reachable, though it looks closed
# twin: availability_zone = "eu-west-1a" => availability_zone = "eu-west-1b" # NAT
# twin verdict: unreachable

resource "aws_eip" "nat" {
  domain = "vpc"
}

resource "aws_nat_gateway" "n" {
  vpc_id            = aws_vpc.v.id
  availability_mode = "regional"
  availability_zone_address {
    allocation_ids    = [aws_eip.nat.id]
    availability_zone = "eu-west-1a"
  }
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

resource "aws_instance" "x" {
  subnet_id              = aws_subnet.private.id
  vpc_security_group_ids = [aws_security_group.open.id]
}
