# row: SG
# source: VPC User Guide, Managed prefix lists: in the rules of security groups
# base: vpc
# ask: internet aws_instance.x 22
# verdict: reachable, though it looks closed
# twin: cidr           = "0.0.0.0/0" => cidr           = "10.0.0.0/8"
# twin verdict: unreachable

resource "aws_ec2_managed_prefix_list" "p" {
  name           = "offices"
  address_family = "IPv4"
  max_entries    = 1
}

resource "aws_ec2_managed_prefix_list_entry" "p" {
  prefix_list_id = aws_ec2_managed_prefix_list.p.id
  cidr           = "0.0.0.0/0"
}

resource "aws_security_group" "g" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    prefix_list_ids = [aws_ec2_managed_prefix_list.p.id]
  }
}

resource "aws_instance" "x" {
  subnet_id                   = aws_subnet.public.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.g.id]
}
