# row: IGW
# source: Issue 7: a datagram arrives without a route back; the answer does not
# base: vpc open
# ask: internet aws_instance.x 514 udp
# verdict: possible, though it looks closed
# twin: subnet_id                   = aws_subnet.private.id => subnet_id                   = aws_subnet.public.id
# twin verdict: reachable

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.private.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.open.id]
}
