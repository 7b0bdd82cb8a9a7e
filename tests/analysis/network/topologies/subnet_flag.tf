# row: IGW
# source: EC2 User Guide, Instance IP addressing: without a word of its own an instance follows its subnet
# base: vpc open
# ask: internet aws_instance.x 443
# verdict: reachable, though it looks closed
# twin: map_public_ip_on_launch = true => map_public_ip_on_launch = false
# twin verdict: unreachable

resource "aws_subnet" "auto" {
  vpc_id                  = aws_vpc.v.id
  cidr_block              = "10.0.8.0/24"
  map_public_ip_on_launch = true
}

resource "aws_route_table_association" "auto" {
  subnet_id      = aws_subnet.auto.id
  route_table_id = aws_route_table.public.id
}

resource "aws_instance" "x" {
  subnet_id              = aws_subnet.auto.id
  vpc_security_group_ids = [aws_security_group.open.id]
}
