# row: RDS etc.
# source: RDS User Guide, Controlling access with security groups
# code: ENI_SG_RULES_MISMATCH
# base: vpc open db
# ask: aws_instance.db aws_db_instance.d 5432
# verdict: unreachable, though it looks open
# twin: vpc_security_group_ids = [aws_security_group.none.id] => vpc_security_group_ids = [aws_security_group.open.id]
# twin verdict: reachable

resource "aws_security_group" "none" {
  vpc_id = aws_vpc.v.id
}

resource "aws_db_subnet_group" "g" {
  subnet_ids = [aws_subnet.private.id]
}

resource "aws_db_instance" "d" {
  identifier             = "d"
  engine                 = "postgres"
  db_subnet_group_name   = aws_db_subnet_group.g.name
  vpc_security_group_ids = [aws_security_group.none.id]
}
