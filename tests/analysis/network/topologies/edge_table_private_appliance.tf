# row: Route tables
# source: Reachability Analyzer, Explanation codes: an appliance behind an ingress route table needs a public address
# code: INGRESS_RTB_NO_PUBLIC_IP
# base: vpc open
# ask: internet aws_instance.x 443
# verdict: unreachable, though it looks open
# twin: network_interface = aws_network_interface.other.id => network_interface = aws_network_interface.box.id
# twin verdict: reachable

resource "aws_subnet" "box" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.9.0/24"
}

resource "aws_network_interface" "box" {
  subnet_id         = aws_subnet.box.id
  security_groups   = [aws_security_group.open.id]
  source_dest_check = false
}

resource "aws_network_interface" "other" {
  subnet_id       = aws_subnet.box.id
  security_groups = [aws_security_group.open.id]
}

resource "aws_eip" "box" {
  domain            = "vpc"
  network_interface = aws_network_interface.other.id
}

resource "aws_route_table" "edge" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block           = "10.0.1.0/24"
    network_interface_id = aws_network_interface.box.id
  }
}

resource "aws_route_table_association" "edge" {
  gateway_id     = aws_internet_gateway.i.id
  route_table_id = aws_route_table.edge.id
}

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.public.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.open.id]
}
