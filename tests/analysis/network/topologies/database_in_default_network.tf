# row: RDS etc.
# source: RDS User Guide, Working with a DB instance in a VPC: without a subnet group the default VPC is used
# ask: internet aws_db_instance.d 5432
# verdict: reachable, though it looks closed
# twin: publicly_accessible    = true => publicly_accessible    = false
# twin verdict: unreachable

resource "aws_security_group" "g" {
  ingress {
    protocol    = "tcp"
    from_port   = 5432
    to_port     = 5432
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_db_instance" "d" {
  identifier             = "d"
  engine                 = "postgres"
  publicly_accessible    = true
  vpc_security_group_ids = [aws_security_group.g.id]
}
