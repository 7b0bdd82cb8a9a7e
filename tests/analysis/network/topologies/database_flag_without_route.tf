# row: RDS etc.
# source: RDS User Guide, Working with a DB instance in a VPC: public access needs subnets that are public
# base: vpc open
# ask: internet aws_db_instance.d 5432
# verdict: unreachable, though it looks open
# twin: [aws_subnet.private.id] => [aws_subnet.public.id]
# twin verdict: reachable

resource "aws_db_subnet_group" "g" {
  subnet_ids = [aws_subnet.private.id]
}

resource "aws_db_instance" "d" {
  identifier             = "d"
  engine                 = "postgres"
  publicly_accessible    = true
  db_subnet_group_name   = aws_db_subnet_group.g.name
  vpc_security_group_ids = [aws_security_group.open.id]
}
