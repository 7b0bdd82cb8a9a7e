# row: ENI attach points
# source: SageMaker Developer Guide, Connect a notebook instance in a VPC: direct internet access is a way of its own
# base: vpc open
# ask: aws_sagemaker_notebook_instance.n internet 443
# verdict: unreachable, though it looks open
# twin: "Disabled" => "Enabled"
# twin verdict: reachable

resource "aws_sagemaker_notebook_instance" "n" {
  name                   = "n"
  role_arn               = "arn:aws:iam::111122223333:role/n"
  instance_type          = "ml.t3.medium"
  subnet_id              = aws_subnet.private.id
  security_groups        = [aws_security_group.open.id]
  direct_internet_access = "Disabled"
}
