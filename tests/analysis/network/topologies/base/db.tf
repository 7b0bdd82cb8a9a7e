resource "aws_instance" "db" {
  subnet_id              = aws_subnet.private.id
  vpc_security_group_ids = [aws_security_group.open.id]
}
