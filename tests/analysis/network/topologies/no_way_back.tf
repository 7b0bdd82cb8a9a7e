# row: IGW
# source: VPC User Guide, Internet gateways: the subnet needs a route to the gateway
# code: NO_ROUTE_TO_DESTINATION
# base: vpc open
# ask: internet aws_instance.x 443
# verdict: unreachable, though it looks open
# twin: subnet_id                   = aws_subnet.private.id => subnet_id                   = aws_subnet.public.id
# twin verdict: reachable

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.private.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.open.id]
}
