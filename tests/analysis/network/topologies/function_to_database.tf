# row: ENI attach points
# source: Lambda Developer Guide, Giving Lambda functions access to resources in a VPC
# base: vpc open
# ask: aws_lambda_function.f aws_rds_cluster.d 5432
# verdict: reachable, though it looks closed
# twin: security_groups = [aws_security_group.open.id] => security_groups = [aws_security_group.other.id]
# twin verdict: unreachable

resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::111122223333:role/f"
  vpc_config {
    subnet_ids         = [aws_subnet.public.id]
    security_group_ids = [aws_security_group.open.id]
  }
}

resource "aws_security_group" "data" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol        = "tcp"
    from_port       = 5432
    to_port         = 5432
    security_groups = [aws_security_group.open.id]
  }
}

resource "aws_db_subnet_group" "g" {
  subnet_ids = [aws_subnet.private.id]
}

resource "aws_rds_cluster" "d" {
  cluster_identifier     = "d"
  engine                 = "aurora-postgresql"
  db_subnet_group_name   = aws_db_subnet_group.g.name
  vpc_security_group_ids = [aws_security_group.data.id]
}

resource "aws_security_group" "other" {
  vpc_id = aws_vpc.v.id
}
