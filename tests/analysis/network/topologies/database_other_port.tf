# row: RDS etc.
# source: RDS User Guide, Settings for DB instances: a PostgreSQL instance listens on 5432 unless told otherwise
# base: vpc open
# ask: internet aws_db_instance.d 3306
# verdict: unreachable, though it looks open
# twin: engine                 = "postgres" => engine                 = "mysql"
# twin verdict: reachable

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
