# row: RDS etc.
# source: Redshift Management Guide, Connecting to Amazon Redshift Serverless (publicly accessible workgroups)
# base: vpc open
# ask: internet aws_redshiftserverless_workgroup.w 5439
# verdict: unreachable, though it looks open
# twin: [aws_subnet.private.id] => [aws_subnet.public.id]
# twin verdict: reachable

resource "aws_redshiftserverless_workgroup" "w" {
  namespace_name      = "made-by-others"
  workgroup_name      = "w"
  publicly_accessible = true
  subnet_ids          = [aws_subnet.private.id]
  security_group_ids  = [aws_security_group.open.id]
}
