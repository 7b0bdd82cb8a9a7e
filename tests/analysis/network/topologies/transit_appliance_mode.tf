# row: TGW
# source: Transit Gateway Guide, Appliance in a shared services VPC: without appliance mode each zone's answers take another endpoint, which has not seen the session
# code: TGW_ATTACH_VPC_AZ_RESTRICTION
# base: vpc open db
# ask: aws_instance.db aws_instance.far 22
# verdict: unreachable, though it looks open
# twin: appliance_mode_support = "disable" => appliance_mode_support = "enable"
# twin verdict: reachable

resource "aws_vpc" "far" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_subnet" "far" {
  vpc_id            = aws_vpc.far.id
  cidr_block        = "10.1.1.0/24"
  availability_zone = "eu-west-1b"
}

resource "aws_security_group" "far" {
  vpc_id = aws_vpc.far.id
  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["10.0.0.0/16"]
  }
}

resource "aws_instance" "far" {
  subnet_id              = aws_subnet.far.id
  vpc_security_group_ids = [aws_security_group.far.id]
}

resource "aws_default_route_table" "v" {
  default_route_table_id = aws_vpc.v.default_route_table_id
  route {
    cidr_block         = "10.1.0.0/16"
    transit_gateway_id = aws_ec2_transit_gateway.t.id
  }
}

resource "aws_default_route_table" "far" {
  default_route_table_id = aws_vpc.far.default_route_table_id
  route {
    cidr_block         = "10.0.0.0/16"
    transit_gateway_id = aws_ec2_transit_gateway.t.id
  }
}

# the network that inspects: an attachment and an endpoint of the firewall in each zone
resource "aws_vpc" "i" {
  cidr_block = "10.2.0.0/16"
}

resource "aws_subnet" "door" {
  for_each          = { a = "10.2.1.0/24", b = "10.2.2.0/24" }
  vpc_id            = aws_vpc.i.id
  cidr_block        = each.value
  availability_zone = "eu-west-1${each.key}"
}

resource "aws_subnet" "wall" {
  for_each          = { a = "10.2.3.0/24", b = "10.2.4.0/24" }
  vpc_id            = aws_vpc.i.id
  cidr_block        = each.value
  availability_zone = "eu-west-1${each.key}"
}

resource "aws_networkfirewall_firewall_policy" "p" {
  name = "p"
  firewall_policy {
    stateless_default_actions          = ["aws:forward_to_sfe"]
    stateless_fragment_default_actions = ["aws:forward_to_sfe"]
  }
}

resource "aws_networkfirewall_firewall" "f" {
  name                = "f"
  vpc_id              = aws_vpc.i.id
  firewall_policy_arn = aws_networkfirewall_firewall_policy.p.arn
  subnet_mapping {
    subnet_id = aws_subnet.wall["a"].id
  }
  subnet_mapping {
    subnet_id = aws_subnet.wall["b"].id
  }
}

resource "aws_route_table" "door" {
  for_each = aws_subnet.door
  vpc_id   = aws_vpc.i.id
  route {
    cidr_block      = "0.0.0.0/0"
    vpc_endpoint_id = [for s in aws_networkfirewall_firewall.f.firewall_status[0].sync_states : s.attachment[0].endpoint_id][0]
  }
}

resource "aws_route_table_association" "door" {
  for_each       = aws_subnet.door
  subnet_id      = each.value.id
  route_table_id = aws_route_table.door[each.key].id
}

resource "aws_default_route_table" "i" {
  default_route_table_id = aws_vpc.i.default_route_table_id
  route {
    cidr_block         = "10.0.0.0/8"
    transit_gateway_id = aws_ec2_transit_gateway.t.id
  }
}

resource "aws_ec2_transit_gateway" "t" {
  default_route_table_association = "disable"
  default_route_table_propagation = "disable"
}

resource "aws_ec2_transit_gateway_vpc_attachment" "v" {
  transit_gateway_id = aws_ec2_transit_gateway.t.id
  vpc_id             = aws_vpc.v.id
  subnet_ids         = [aws_subnet.private.id]
}

resource "aws_ec2_transit_gateway_vpc_attachment" "far" {
  transit_gateway_id = aws_ec2_transit_gateway.t.id
  vpc_id             = aws_vpc.far.id
  subnet_ids         = [aws_subnet.far.id]
}

resource "aws_ec2_transit_gateway_vpc_attachment" "i" {
  transit_gateway_id     = aws_ec2_transit_gateway.t.id
  vpc_id                 = aws_vpc.i.id
  subnet_ids             = [aws_subnet.door["a"].id, aws_subnet.door["b"].id]
  appliance_mode_support = "disable"
}

resource "aws_ec2_transit_gateway_route_table" "spokes" {
  transit_gateway_id = aws_ec2_transit_gateway.t.id
}

resource "aws_ec2_transit_gateway_route_table" "inspected" {
  transit_gateway_id = aws_ec2_transit_gateway.t.id
}

resource "aws_ec2_transit_gateway_route" "spokes" {
  destination_cidr_block         = "0.0.0.0/0"
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.i.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.spokes.id
}

resource "aws_ec2_transit_gateway_route_table_association" "v" {
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.v.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.spokes.id
}

resource "aws_ec2_transit_gateway_route_table_association" "far" {
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.far.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.spokes.id
}

resource "aws_ec2_transit_gateway_route_table_association" "i" {
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.i.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.inspected.id
}

resource "aws_ec2_transit_gateway_route_table_propagation" "v" {
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.v.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.inspected.id
}

resource "aws_ec2_transit_gateway_route_table_propagation" "far" {
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.far.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.inspected.id
}
