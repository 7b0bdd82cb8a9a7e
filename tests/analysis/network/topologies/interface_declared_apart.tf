# row: ENI attach points
# source: EC2 User Guide, Elastic network interfaces
# base: vpc open
# ask: internet aws_instance.x 22
# verdict: reachable, though it looks closed
# twin: security_groups = [aws_security_group.open.id] => security_groups = [aws_security_group.shut.id]
# twin verdict: unreachable

resource "aws_security_group" "shut" {
  vpc_id = aws_vpc.v.id
}

resource "aws_network_interface" "n" {
  subnet_id       = aws_subnet.public.id
  security_groups = [aws_security_group.open.id]
}

resource "aws_eip" "e" {
  network_interface = aws_network_interface.n.id
}

resource "aws_instance" "x" {
  network_interface {
    device_index         = 0
    network_interface_id = aws_network_interface.n.id
  }
}
