# row: Route tables
# source: VPC User Guide, Gateway route tables: traffic that enters is steered to an interface
# code: INGRESS_RTB_TRAFFIC_REDIRECTION
# base: vpc open
# ask: internet aws_instance.x 443
# verdict: unreachable, though it looks open
# twin: source_dest_check = true => source_dest_check = false
# twin verdict: reachable

resource "aws_subnet" "box" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.9.0/24"
}

resource "aws_network_interface" "box" {
  subnet_id         = aws_subnet.box.id
  security_groups   = [aws_security_group.open.id]
  source_dest_check = true
}

resource "aws_eip" "box" {
  domain            = "vpc"
  network_interface = aws_network_interface.box.id
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
