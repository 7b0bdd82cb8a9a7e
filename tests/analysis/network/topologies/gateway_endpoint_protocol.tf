# row: Gateway endpoint
# source: Reachability Analyzer Guide, VPCE_GATEWAY_PROTOCOL_RESTRICTION: gateway endpoints carry TCP and ICMP echo only
# code: VPCE_GATEWAY_PROTOCOL_RESTRICTION
# base: vpc
# ask: aws_instance.x aws_s3_bucket.b
# verdict: unreachable, though it looks open
# twin: protocol    = "udp" => protocol    = "tcp"
# twin verdict: reachable

resource "aws_s3_bucket" "b" {}

resource "aws_vpc_endpoint" "e" {
  vpc_id          = aws_vpc.v.id
  service_name    = "com.amazonaws.eu-west-1.s3"
  route_table_ids = [aws_route_table.private.id]
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.v.id
}

resource "aws_route_table_association" "private" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.private.id
}

resource "aws_security_group" "g" {
  vpc_id = aws_vpc.v.id
  egress {
    protocol    = "udp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "x" {
  subnet_id              = aws_subnet.private.id
  vpc_security_group_ids = [aws_security_group.g.id]
}
