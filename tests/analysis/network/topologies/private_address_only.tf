# row: IGW
# source: VPC User Guide, Internet gateways: an instance needs a public IPv4 address to be reached
# code: IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS
# base: vpc open
# ask: internet aws_instance.x 443
# verdict: unreachable, though it looks open
# twin: associate_public_ip_address = false => associate_public_ip_address = true
# twin verdict: reachable

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.public.id
  associate_public_ip_address = false
  vpc_security_group_ids      = [aws_security_group.open.id]
}
