# row: VPC Block Public Access
# source: VPC User Guide, Block public access: block-bidirectional stops all traffic of internet gateways
# code: VPC_BLOCK_PUBLIC_ACCESS_ENABLED
# base: vpc open web
# ask: internet aws_instance.web 443
# verdict: unreachable, though it looks open
# twin: "block-bidirectional" => "off"
# twin verdict: reachable

resource "aws_vpc_block_public_access_options" "b" {
  internet_gateway_block_mode = "block-bidirectional"
}
