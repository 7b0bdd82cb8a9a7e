# row: RDS etc.
# source: RDS User Guide, Hiding a DB instance in a VPC from the internet
# base: vpc open
# ask: internet aws_db_instance.d 5432
# verdict: reachable, though it looks closed
# twin: publicly_accessible    = true => publicly_accessible    = false
# twin verdict: unreachable

resource "aws_db_subnet_group" "g" {
  subnet_ids = [aws_subnet.public.id]
}

resource "aws_db_instance" "d" {
  identifier             = "d"
  engine                 = "postgres"
  publicly_accessible    = true
  db_subnet_group_name   = aws_db_subnet_group.g.name
  vpc_security_group_ids = [aws_security_group.open.id]
}
