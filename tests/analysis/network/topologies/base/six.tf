resource "aws_vpc" "v" {
  cidr_block                       = "10.0.0.0/16"
  assign_generated_ipv6_cidr_block = true
}

resource "aws_internet_gateway" "i" {
  vpc_id = aws_vpc.v.id
}

resource "aws_egress_only_internet_gateway" "e" {
  vpc_id = aws_vpc.v.id
}

resource "aws_subnet" "six" {
  vpc_id                          = aws_vpc.v.id
  cidr_block                      = "10.0.6.0/24"
  ipv6_cidr_block                 = cidrsubnet(aws_vpc.v.ipv6_cidr_block, 8, 6)
  assign_ipv6_address_on_creation = true
}

resource "aws_instance" "six" {
  subnet_id              = aws_subnet.six.id
  vpc_security_group_ids = [aws_security_group.open.id]
}

resource "aws_route_table_association" "six" {
  subnet_id      = aws_subnet.six.id
  route_table_id = aws_route_table.six.id
}
