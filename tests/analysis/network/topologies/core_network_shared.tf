# row: Cloud WAN / Lattice
# source: Cloud WAN Guide, Core network policies, segment-actions: share
# base: vpc open db other
# ask: aws_instance.db aws_instance.o 22
# verdict: reachable, though it looks closed
# twin: "share-with" = ["prod"] => "share-with" = ["dev"]
# twin verdict: unreachable

resource "aws_networkmanager_core_network" "c" {
  global_network_id = "global-network-0123456789abcdef0"
}

resource "aws_networkmanager_core_network_policy_attachment" "p" {
  core_network_id = aws_networkmanager_core_network.c.id
  policy_document = jsonencode({
    version  = "2021.12"
    segments = [{ name = "prod" }, { name = "dev" }, { name = "shared" }]
    "segment-actions" = [{
      action = "share", mode = "attachment-route", segment = "shared", "share-with" = ["prod"]
    }]
    "attachment-policies" = [{
      "rule-number" = 100
      conditions    = [{ type = "tag-exists", key = "segment" }]
      action        = { "association-method" = "tag", "tag-value-of-key" = "segment" }
    }]
  })
}

resource "aws_networkmanager_vpc_attachment" "v" {
  core_network_id = aws_networkmanager_core_network.c.id
  vpc_arn         = aws_vpc.v.arn
  subnet_arns     = [aws_subnet.private.arn]
  tags = {
    segment = "prod"
  }
}

resource "aws_networkmanager_vpc_attachment" "o" {
  core_network_id = aws_networkmanager_core_network.c.id
  vpc_arn         = aws_vpc.o.arn
  subnet_arns     = [aws_subnet.o.arn]
  tags = {
    segment = "shared"
  }
}

resource "aws_default_route_table" "v" {
  default_route_table_id = aws_vpc.v.default_route_table_id
  route {
    cidr_block       = "10.1.0.0/16"
    core_network_arn = aws_networkmanager_core_network.c.arn
  }
}

resource "aws_default_route_table" "o" {
  default_route_table_id = aws_vpc.o.default_route_table_id
  route {
    cidr_block       = "10.0.0.0/16"
    core_network_arn = aws_networkmanager_core_network.c.arn
  }
}
