# row: RDS etc.
# source: RDS User Guide, RDS Proxy concepts: clients reach the proxy, which opens connections to the database itself
# base: vpc open db
# ask: aws_instance.db aws_db_instance.d 5432
# verdict: reachable, though it looks closed
# twin: db_proxy_name          = aws_db_proxy.p.name => db_proxy_name          = "other"
# twin verdict: unreachable

resource "aws_security_group" "proxy" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol        = "tcp"
    from_port       = 5432
    to_port         = 5432
    security_groups = [aws_security_group.open.id]
  }
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "d" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol        = "tcp"
    from_port       = 5432
    to_port         = 5432
    security_groups = [aws_security_group.proxy.id]
  }
}

resource "aws_db_subnet_group" "g" {
  subnet_ids = [aws_subnet.private.id]
}

resource "aws_db_instance" "d" {
  engine                 = "postgres"
  db_subnet_group_name   = aws_db_subnet_group.g.name
  vpc_security_group_ids = [aws_security_group.d.id]
}

resource "aws_db_proxy" "p" {
  name                   = "p"
  engine_family          = "POSTGRESQL"
  role_arn               = "arn:aws:iam::111122223333:role/p"
  vpc_subnet_ids         = [aws_subnet.private.id]
  vpc_security_group_ids = [aws_security_group.proxy.id]
}

resource "aws_db_proxy_default_target_group" "t" {
  db_proxy_name = aws_db_proxy.p.name
}

resource "aws_db_proxy_target" "t" {
  db_proxy_name          = aws_db_proxy.p.name
  target_group_name      = aws_db_proxy_default_target_group.t.name
  db_instance_identifier = aws_db_instance.d.identifier
}
