# row: Network Firewall / GWLB
# source: AWS PrivateLink Guide, Interface endpoints are no next hop; only gateway balancers forward
# base: vpc open web db
# ask: aws_instance.web aws_instance.db 22
# verdict: unreachable, though it looks open
# twin: destination_cidr_block = "10.0.2.0/24" => destination_cidr_block = "10.0.77.0/24"
# twin verdict: reachable

resource "aws_route" "steer" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "10.0.2.0/24"
  vpc_endpoint_id        = aws_vpc_endpoint.e.id
}

resource "aws_vpc_endpoint" "e" {
  vpc_id            = aws_vpc.v.id
  vpc_endpoint_type = "Interface"
  service_name      = "com.amazonaws.eu-west-1.sqs"
  subnet_ids        = [aws_subnet.private.id]
}
