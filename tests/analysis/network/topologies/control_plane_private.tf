# row: EKS
# source: EKS User Guide, Cluster API server endpoint: private access by interfaces in the VPC
# base: vpc open db
# ask: aws_instance.db aws_eks_cluster.k 443
# verdict: reachable, though it looks closed
# twin: endpoint_private_access = true => endpoint_private_access = false
# twin verdict: unreachable

resource "aws_eks_cluster" "k" {
  name     = "k"
  role_arn = "arn:aws:iam::111122223333:role/k"
  vpc_config {
    subnet_ids = [aws_subnet.private.id, aws_subnet.public.id]
    endpoint_public_access  = false
    endpoint_private_access = true
    security_group_ids      = [aws_security_group.open.id]
  }
}
