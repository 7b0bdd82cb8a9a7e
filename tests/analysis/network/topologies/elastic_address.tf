# row: IGW
# source: VPC User Guide, Elastic IP addresses: an association makes an interface reachable from the internet
# base: vpc open
# ask: internet aws_instance.x 443
# verdict: reachable, though it looks closed
# twin: instance_id   = aws_instance.x.id => instance_id   = aws_instance.y.id
# twin verdict: unreachable

resource "aws_eip" "e" {
  domain = "vpc"
}

resource "aws_eip_association" "e" {
  allocation_id = aws_eip.e.id
  instance_id   = aws_instance.x.id
}

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.public.id
  associate_public_ip_address = false
  vpc_security_group_ids      = [aws_security_group.open.id]
}

resource "aws_instance" "y" {
  subnet_id                   = aws_subnet.public.id
  associate_public_ip_address = false
  vpc_security_group_ids      = [aws_security_group.open.id]
}
