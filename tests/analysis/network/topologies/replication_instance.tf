# row: ENI attach points
# source: DMS User Guide, Setting up a network for a replication instance: it sends from its subnet group
# base: vpc open db
# ask: aws_dms_replication_instance.r aws_instance.db 5432
# verdict: unreachable, though it looks open
# twin: vpc_security_group_ids      = [aws_security_group.shut.id] => vpc_security_group_ids      = [aws_security_group.open.id]
# twin verdict: reachable

resource "aws_security_group" "shut" {
  vpc_id = aws_vpc.v.id
}

resource "aws_dms_replication_subnet_group" "g" {
  replication_subnet_group_id          = "g"
  replication_subnet_group_description = "g"
  subnet_ids                           = [aws_subnet.private.id]
}

resource "aws_dms_replication_instance" "r" {
  replication_instance_id     = "r"
  replication_instance_class  = "dms.t3.micro"
  replication_subnet_group_id = aws_dms_replication_subnet_group.g.id
  vpc_security_group_ids      = [aws_security_group.shut.id]
  publicly_accessible         = false
}
