# row: NACL
# source: VPC User Guide, Custom network ACLs: deny everything until rules are added
# base: vpc open web
# ask: internet aws_instance.web 443
# verdict: unreachable, though it looks open
# twin: [aws_subnet.public.id] => [aws_subnet.private.id]
# twin verdict: reachable

resource "aws_network_acl" "n" {
  vpc_id     = aws_vpc.v.id
  subnet_ids = [aws_subnet.public.id]
}
