# row: TGW
# source: Transit Gateway Guide, Security group referencing: off by default
# code: SG_REFERENCING_SUPPORT
# base: vpc open db other transit
# ask: aws_instance.db aws_instance.p 22
# verdict: unreachable, though it looks open
# twin: "disable" => "enable"
# twin verdict: reachable

resource "aws_ec2_transit_gateway" "t" {
  security_group_referencing_support = "disable"
}

resource "aws_security_group" "p" {
  vpc_id = aws_vpc.o.id
  ingress {
    protocol        = "tcp"
    from_port       = 22
    to_port         = 22
    security_groups = [aws_security_group.open.id]
  }
}

resource "aws_instance" "p" {
  subnet_id              = aws_subnet.o.id
  vpc_security_group_ids = [aws_security_group.p.id]
}
