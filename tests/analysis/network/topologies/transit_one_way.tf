# row: TGW
# source: Batfish, TransitGatewayTest testFromBtoA2: without a route out there is no reply
# base: vpc open db other transit
# ask: aws_instance.o aws_instance.x 22
# verdict: unreachable, though it looks open
# twin: subnet_id              = aws_subnet.public.id => subnet_id              = aws_subnet.private.id
# twin verdict: reachable

resource "aws_ec2_transit_gateway" "t" {}

resource "aws_instance" "x" {
  subnet_id              = aws_subnet.public.id
  vpc_security_group_ids = [aws_security_group.open.id]
}
