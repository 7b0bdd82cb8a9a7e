# row: Network Firewall / GWLB
# source: Elastic Load Balancing, Gateway Load Balancers: targets are spoken to by GENEVE on port 6081
# code: GWLB_DESTINATION_PORT_RESTRICTION
# base: vpc open
# ask: aws_lb.b aws_instance.box 443 udp
# verdict: unreachable, though it looks open
# twin: load_balancer_type = "gateway" => load_balancer_type = "network"
# twin verdict: reachable

resource "aws_lb" "b" {
  load_balancer_type = "gateway"
  subnets            = [aws_subnet.private.id]
}

resource "aws_instance" "box" {
  subnet_id              = aws_subnet.private.id
  vpc_security_group_ids = [aws_security_group.open.id]
}
