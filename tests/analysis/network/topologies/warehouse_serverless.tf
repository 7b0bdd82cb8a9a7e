# row: RDS etc.
# source: Redshift Serverless API Reference, CreateWorkgroup (port)
# base: vpc open
# ask: internet aws_redshiftserverless_namespace.n 5439
# verdict: reachable, though it looks closed
# twin: publicly_accessible = true => publicly_accessible = true\n  port                = 8200
# twin verdict: unreachable

resource "aws_redshiftserverless_namespace" "n" {
  namespace_name = "n"
}

resource "aws_redshiftserverless_workgroup" "w" {
  namespace_name      = aws_redshiftserverless_namespace.n.namespace_name
  workgroup_name      = "w"
  publicly_accessible = true
  subnet_ids          = [aws_subnet.public.id]
  security_group_ids  = [aws_security_group.open.id]
}
