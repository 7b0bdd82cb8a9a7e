# row: RDS etc.
# source: Aurora User Guide, Settings for Aurora DB clusters: public access is a setting of the DB instances
# base: vpc open
# ask: internet aws_rds_cluster.c 3306
# verdict: reachable, though it looks closed
# twin: publicly_accessible = true => publicly_accessible = false
# twin verdict: unreachable

resource "aws_db_subnet_group" "g" {
  subnet_ids = [aws_subnet.public.id]
}

resource "aws_rds_cluster" "c" {
  cluster_identifier     = "c"
  engine                 = "aurora-mysql"
  db_subnet_group_name   = aws_db_subnet_group.g.name
  vpc_security_group_ids = [aws_security_group.open.id]
}

resource "aws_rds_cluster_instance" "i" {
  cluster_identifier  = aws_rds_cluster.c.id
  engine              = "aurora-mysql"
  publicly_accessible = true
}
