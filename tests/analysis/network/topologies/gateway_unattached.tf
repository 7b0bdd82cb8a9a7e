# row: IGW
# source: VPC User Guide, Internet gateways: a gateway serves the VPC that it is attached to
# code: UNASSOCIATED_COMPONENT
# base: open
# ask: internet aws_instance.x 443
# verdict: unreachable, though it looks open
# twin: vpc_id              = aws_vpc.o.id => vpc_id              = aws_vpc.v.id
# twin verdict: reachable

resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_vpc" "o" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_internet_gateway" "i" {}

resource "aws_internet_gateway_attachment" "i" {
  internet_gateway_id = aws_internet_gateway.i.id
  vpc_id              = aws_vpc.o.id
}

resource "aws_subnet" "s" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_default_route_table" "d" {
  default_route_table_id = aws_vpc.v.default_route_table_id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.i.id
  }
}

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.s.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.open.id]
}
