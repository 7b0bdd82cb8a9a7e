# row: Network Firewall / GWLB
# source: Network Firewall Developer Guide, Stateful rule groups; VPC User Guide, Routing to middlebox appliances
# code: FIREWALL_RULES_RESTRICTION
# base: vpc open
# ask: internet aws_instance.x 443
# verdict: unreachable, though it looks open
# twin: action = "DROP" => action = "PASS"
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
    stateless_default_actions          = ["aws:forward_to_sfe"]
    stateless_fragment_default_actions = ["aws:forward_to_sfe"]
    stateful_rule_group_reference {
      resource_arn = aws_networkfirewall_rule_group.r.arn
    }
  }
}

resource "aws_networkfirewall_rule_group" "r" {
  name     = "r"
  type     = "STATEFUL"
  capacity = 10
  rule_group {
    rules_source {
      stateful_rule {
        action = "DROP"
        header {
          protocol         = "TCP"
          source           = "ANY"
          source_port      = "ANY"
          direction        = "FORWARD"
          destination      = "ANY"
          destination_port = "443"
        }
        rule_option {
          keyword  = "sid"
          settings = ["1"]
        }
      }
    }
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
