# row: VPC Block Public Access
# source: VPC User Guide, Block public access: exclusions, allow-bidirectional
# base: vpc open web
# ask: internet aws_instance.web 443
# verdict: reachable, though it looks closed
# twin: "allow-bidirectional" => "allow-egress"
# twin verdict: unreachable

resource "aws_vpc_block_public_access_options" "b" {
  internet_gateway_block_mode = "block-bidirectional"
}

resource "aws_vpc_block_public_access_exclusion" "x" {
  subnet_id                       = aws_subnet.public.id
  internet_gateway_exclusion_mode = "allow-bidirectional"
}
