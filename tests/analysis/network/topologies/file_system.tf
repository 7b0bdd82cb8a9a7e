# row: ENI attach points
# source: EFS User Guide, Using VPC security groups: mount targets
# base: vpc open db
# ask: aws_instance.db aws_efs_file_system.f 2049
# verdict: reachable, though it looks closed
# twin: security_groups = [aws_security_group.open.id] => security_groups = [aws_security_group.shut.id]
# twin verdict: unreachable

resource "aws_security_group" "shut" {
  vpc_id = aws_vpc.v.id
}

resource "aws_efs_file_system" "f" {
  creation_token = "f"
}

resource "aws_efs_mount_target" "f" {
  file_system_id  = aws_efs_file_system.f.id
  subnet_id       = aws_subnet.public.id
  security_groups = [aws_security_group.open.id]
}
