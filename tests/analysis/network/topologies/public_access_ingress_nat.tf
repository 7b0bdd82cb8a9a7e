# row: VPC Block Public Access
# source: VPC User Guide, Block public access: block-ingress leaves NAT gateways and egress-only gateways
# base: vpc open db nat
# ask: aws_instance.db internet 443
# verdict: reachable, though it looks closed
# twin: "block-ingress" => "block-bidirectional"
# twin verdict: unreachable

resource "aws_vpc_block_public_access_options" "b" {
  internet_gateway_block_mode = "block-ingress"
}
