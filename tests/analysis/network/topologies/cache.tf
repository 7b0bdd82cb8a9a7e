# row: RDS etc.
# source: ElastiCache User Guide, Accessing your cluster: from the VPC, past its security groups
# base: vpc open db
# ask: aws_instance.db aws_elasticache_replication_group.c 6379
# verdict: reachable, though it looks closed
# twin: security_group_ids   = [aws_security_group.open.id] => security_group_ids   = [aws_security_group.shut.id]
# twin verdict: unreachable

resource "aws_security_group" "shut" {
  vpc_id = aws_vpc.v.id
}

resource "aws_elasticache_subnet_group" "g" {
  name       = "g"
  subnet_ids = [aws_subnet.public.id]
}

resource "aws_elasticache_replication_group" "c" {
  replication_group_id = "c"
  description          = "c"
  subnet_group_name    = aws_elasticache_subnet_group.g.name
  security_group_ids   = [aws_security_group.open.id]
}
