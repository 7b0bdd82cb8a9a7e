# row: Network Firewall / GWLB
# source: Elastic Load Balancing, Gateway Load Balancers: the targets' groups must admit UDP on port 6081
# base: vpc
# ask: aws_lb.b aws_instance.box 6081 udp
# verdict: reachable, though it looks closed
# twin: protocol    = "udp" => protocol    = "tcp"
# twin verdict: unreachable

resource "aws_lb" "b" {
  load_balancer_type = "gateway"
  subnets            = [aws_subnet.private.id]
}

resource "aws_security_group" "box" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol    = "udp"
    from_port   = 6081
    to_port     = 6081
    cidr_blocks = ["10.0.2.0/24"]
  }
}

resource "aws_instance" "box" {
  subnet_id              = aws_subnet.private.id
  vpc_security_group_ids = [aws_security_group.box.id]
}
