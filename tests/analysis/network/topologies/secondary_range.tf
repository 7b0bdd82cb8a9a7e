# row: VPC and subnet
# source: VPC User Guide, VPC CIDR blocks: a local route is added for each associated block
# code: VPC_LOCAL_ROUTE_CIDR_RESTRICTION
# base: vpc open web
# ask: aws_instance.web aws_instance.far 22
# verdict: reachable, though it looks closed
# twin: cidr_block = "10.50.0.0/16" => cidr_block = "10.51.0.0/16"
# twin verdict: unreachable

resource "aws_vpc_ipv4_cidr_block_association" "more" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.50.0.0/16"
}

resource "aws_subnet" "far" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.50.1.0/24"
}

resource "aws_instance" "far" {
  subnet_id              = aws_subnet.far.id
  vpc_security_group_ids = [aws_security_group.open.id]
}
