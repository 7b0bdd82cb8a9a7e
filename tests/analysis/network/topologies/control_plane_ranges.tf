# row: EKS
# source: EKS User Guide, Cluster API server endpoint: public access CIDRs
# base: vpc open
# ask: 8.8.8.8/32 aws_eks_cluster.k 443
# verdict: unreachable, though it looks open
# twin: ["9.9.9.0/24"] => ["8.8.8.0/24"]
# twin verdict: reachable

resource "aws_eks_cluster" "k" {
  name     = "k"
  role_arn = "arn:aws:iam::111122223333:role/k"
  vpc_config {
    subnet_ids = [aws_subnet.private.id, aws_subnet.public.id]
    public_access_cidrs = ["9.9.9.0/24"]
  }
}
