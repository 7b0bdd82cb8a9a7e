# row: SG
# source: Terraform Registry, aws_network_interface_sg_attachment
# base: vpc
# ask: internet aws_instance.x 22
# verdict: reachable, though it looks closed
# twin: security_group_id    = aws_security_group.g.id => security_group_id    = aws_security_group.shut.id
# twin verdict: unreachable

resource "aws_security_group" "g" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "shut" {
  vpc_id = aws_vpc.v.id
}

resource "aws_network_interface_sg_attachment" "a" {
  security_group_id    = aws_security_group.g.id
  network_interface_id = aws_instance.x.primary_network_interface_id
}

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.public.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.shut.id]
}
