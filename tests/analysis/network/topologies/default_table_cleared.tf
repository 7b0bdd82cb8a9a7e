# row: Route tables
# source: Terraform Registry, aws_default_route_table: all defined routes are removed when it is adopted with route = []
# ask: internet aws_instance.web 443
# verdict: unreachable, though it looks open
# twin: default_route_table_id = aws_default_vpc.d.default_route_table_id => default_route_table_id = aws_vpc.o.default_route_table_id
# twin verdict: reachable

resource "aws_default_vpc" "d" {}

resource "aws_vpc" "o" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_default_subnet" "d" {
  availability_zone = "eu-west-1a"
}

resource "aws_default_route_table" "d" {
  default_route_table_id = aws_default_vpc.d.default_route_table_id
  route                  = []
}

resource "aws_security_group" "g" {
  vpc_id = aws_default_vpc.d.id
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "web" {
  subnet_id              = aws_default_subnet.d.id
  vpc_security_group_ids = [aws_security_group.g.id]
}
