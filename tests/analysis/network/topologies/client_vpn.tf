# row: VPN / DX
# source: Client VPN Administrator Guide, Authorization rules
# base: vpc open db
# ask: aws_ec2_client_vpn_endpoint.c aws_instance.db 22
# verdict: reachable, though it looks closed
# twin: target_network_cidr    = "10.0.0.0/16" => target_network_cidr    = "10.0.1.0/24"
# twin verdict: unreachable

resource "aws_ec2_client_vpn_endpoint" "c" {
  client_cidr_block      = "172.20.0.0/16"
  server_certificate_arn = "arn:aws:acm:eu-west-1:111122223333:certificate/c"
  vpc_id                 = aws_vpc.v.id
  security_group_ids     = [aws_security_group.open.id]
}

resource "aws_ec2_client_vpn_network_association" "c" {
  client_vpn_endpoint_id = aws_ec2_client_vpn_endpoint.c.id
  subnet_id              = aws_subnet.public.id
}

resource "aws_ec2_client_vpn_authorization_rule" "c" {
  client_vpn_endpoint_id = aws_ec2_client_vpn_endpoint.c.id
  target_network_cidr    = "10.0.0.0/16"
  authorize_all_groups   = true
}
