# row: SG
# source: VPC User Guide, Security group referencing: a reference means private addresses, not public ones or those of a NAT gateway
# code: SG_REFERENCES_NOT_PRESERVED
# base: vpc open nat other
# ask: aws_instance.c aws_instance.x 443
# verdict: unreachable, though it looks open
# twin: security_groups = [aws_security_group.open.id] => cidr_blocks = ["0.0.0.0/0"]
# twin verdict: reachable

resource "aws_security_group" "g" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol        = "tcp"
    from_port       = 443
    to_port         = 443
    security_groups = [aws_security_group.open.id]
  }
}

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.public.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.g.id]
}

resource "aws_vpc" "c" {
  cidr_block = "10.4.0.0/16"
}

resource "aws_subnet" "c" {
  vpc_id                  = aws_vpc.c.id
  cidr_block              = "10.4.1.0/24"
  map_public_ip_on_launch = true
}

resource "aws_internet_gateway" "c" {
  vpc_id = aws_vpc.c.id
}

resource "aws_default_route_table" "c" {
  default_route_table_id = aws_vpc.c.default_route_table_id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.c.id
  }
}

resource "aws_default_security_group" "c" {
  vpc_id = aws_vpc.c.id
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "c" {
  subnet_id = aws_subnet.c.id
}
