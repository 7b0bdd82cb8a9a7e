# row: Peering
# source: VPC Peering Guide, Reference peer security groups: not across Regions
# base: vpc open db other
# ask: aws_instance.db aws_instance.p 22
# verdict: unreachable, though it looks open
# twin: region = "us-east-1" => region = "eu-west-1"
# twin verdict: reachable

provider "aws" {
  region = "${"eu-west-1"}"
}

provider "aws" {
  alias  = "far"
  region = "us-east-1"
}

resource "aws_vpc" "f" {
  provider   = aws.far
  cidr_block = "10.3.0.0/16"
}

resource "aws_subnet" "f" {
  provider   = aws.far
  vpc_id     = aws_vpc.f.id
  cidr_block = "10.3.1.0/24"
}

resource "aws_vpc_peering_connection" "p" {
  vpc_id      = aws_vpc.v.id
  peer_vpc_id = aws_vpc.f.id
  auto_accept = true
}

resource "aws_route_table" "v" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block                = "10.3.0.0/16"
    vpc_peering_connection_id = aws_vpc_peering_connection.p.id
  }
}

resource "aws_route_table_association" "v" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.v.id
}

resource "aws_default_route_table" "f" {
  provider               = aws.far
  default_route_table_id = aws_vpc.f.default_route_table_id
  route {
    cidr_block                = "10.0.0.0/16"
    vpc_peering_connection_id = aws_vpc_peering_connection.p.id
  }
}

resource "aws_security_group" "p" {
  provider = aws.far
  vpc_id   = aws_vpc.f.id
  ingress {
    protocol        = "tcp"
    from_port       = 22
    to_port         = 22
    security_groups = [aws_security_group.open.id]
  }
}

resource "aws_instance" "p" {
  provider               = aws.far
  subnet_id              = aws_subnet.f.id
  vpc_security_group_ids = [aws_security_group.p.id]
}
