# row: SG
# source: Reachability Analyzer, Explanation codes: an interface sends from its own addresses only
# code: ENI_ADDRESS_RESTRICTION
# base: vpc open
# ask: aws_instance.c aws_instance.x 22
# verdict: reachable, though it looks closed
# twin: cidr_blocks = ["10.0.2.7/32"] => cidr_blocks = ["10.0.2.8/32"]
# twin verdict: unreachable

resource "aws_security_group" "g" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["10.0.2.7/32"]
  }
}

resource "aws_instance" "x" {
  subnet_id              = aws_subnet.private.id
  vpc_security_group_ids = [aws_security_group.g.id]
}

resource "aws_instance" "c" {
  subnet_id              = aws_subnet.private.id
  private_ip             = "10.0.2.7"
  vpc_security_group_ids = [aws_security_group.open.id]
}
