# row: VPC and subnet
# source: VPC User Guide, What is Amazon VPC: networks are isolated from each other
# code: NO_ROUTE_TO_DESTINATION DISCONNECTED_VPCS
# base: vpc open other
# ask: aws_instance.y aws_instance.x 22
# verdict: unreachable, though it looks open
# twin: subnet_id = aws_subnet.o.id => subnet_id = aws_subnet.private.id
# twin verdict: reachable

resource "aws_instance" "x" {
  subnet_id              = aws_subnet.private.id
  vpc_security_group_ids = [aws_security_group.open.id]
}

resource "aws_instance" "y" {
  subnet_id = aws_subnet.o.id
  vpc_security_group_ids = [aws_security_group.open.id]
}
