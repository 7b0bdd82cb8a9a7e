# row: VPC and subnet
# source: VPC User Guide, Default VPCs: default subnets assign public addresses and route to the internet gateway
# ask: internet aws_instance.web 443
# verdict: reachable, though it looks closed
# twin: map_public_ip_on_launch = true => map_public_ip_on_launch = false
# twin verdict: unreachable

resource "aws_default_subnet" "d" {
  availability_zone       = "eu-west-1a"
  map_public_ip_on_launch = true
}

resource "aws_default_vpc" "d" {}

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
