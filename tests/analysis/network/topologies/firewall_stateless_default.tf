# row: Network Firewall / GWLB
# source: Network Firewall Developer Guide, Stateless default actions
# code: FIREWALL_RULES_RESTRICTION
# base: vpc open
# ask: internet aws_instance.x 443
# verdict: unreachable, though it looks open
# twin: stateless_default_actions          = ["aws:drop"] => stateless_default_actions          = ["aws:pass"]
# twin verdict: reachable

resource "aws_networkfirewall_firewall" "f" {
  name                = "f"
  firewall_policy_arn = aws_networkfirewall_firewall_policy.p.arn
  vpc_id              = aws_vpc.v.id
  subnet_mapping {
    subnet_id = aws_subnet.wall.id
  }
}

resource "aws_networkfirewall_firewall_policy" "p" {
  name = "p"
  firewall_policy {
    stateless_default_actions          = ["aws:drop"]
    stateless_fragment_default_actions = ["aws:forward_to_sfe"]
  }
}

resource "aws_subnet" "wall" {
  vpc_id            = aws_vpc.v.id
  cidr_block        = "10.0.20.0/28"
  availability_zone = "eu-west-1a"
}

resource "aws_route_table_association" "wall" {
  subnet_id      = aws_subnet.wall.id
  route_table_id = aws_route_table.public.id
}

resource "aws_route_table" "edge" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block      = aws_subnet.guarded.cidr_block
    vpc_endpoint_id = tolist(aws_networkfirewall_firewall.f.firewall_status[0].sync_states)[0].attachment[0].endpoint_id
  }
}

resource "aws_route_table_association" "edge" {
  gateway_id     = aws_internet_gateway.i.id
  route_table_id = aws_route_table.edge.id
}

resource "aws_subnet" "guarded" {
  vpc_id            = aws_vpc.v.id
  cidr_block        = "10.0.21.0/24"
  availability_zone = "eu-west-1a"
}

resource "aws_route_table" "guarded" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block = "0.0.0.0/0"
    vpc_endpoint_id = tolist(aws_networkfirewall_firewall.f.firewall_status[0].sync_states)[0].attachment[0].endpoint_id
  }
}

resource "aws_route_table_association" "guarded" {
  subnet_id      = aws_subnet.guarded.id
  route_table_id = aws_route_table.guarded.id
}

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.guarded.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.open.id]
}
