# row: RDS etc.
# source: Redshift Management Guide, Publicly accessible clusters
# base: vpc open
# ask: internet aws_redshift_cluster.w 5439
# verdict: reachable, though it looks closed
# twin: publicly_accessible       = true => publicly_accessible       = false
# twin verdict: unreachable

resource "aws_redshift_subnet_group" "g" {
  name       = "g"
  subnet_ids = [aws_subnet.public.id]
}

resource "aws_redshift_cluster" "w" {
  cluster_identifier        = "w"
  publicly_accessible       = true
  cluster_subnet_group_name = aws_redshift_subnet_group.g.name
  vpc_security_group_ids    = [aws_security_group.open.id]
}
