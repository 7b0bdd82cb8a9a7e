# A cluster with machines in a private subnet, a public subnet for balancers, and what stands beside them.

resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }

resource "aws_internet_gateway" "i" { vpc_id = aws_vpc.v.id }

resource "aws_subnet" "public" {
  vpc_id                  = aws_vpc.v.id
  cidr_block              = "10.0.0.0/24"
  map_public_ip_on_launch = true
  tags                    = { "kubernetes.io/role/elb" = "1" }
}

resource "aws_subnet" "private" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.1.0/24"
  tags       = { "kubernetes.io/role/internal-elb" = "1" }
}

resource "aws_subnet" "lone" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.2.0/24"
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.i.id
  }
}

resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = aws_route_table.public.id
}

resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = "{}"
}

resource "aws_eks_cluster" "c" {
  name     = "c"
  role_arn = aws_iam_role.r.arn
  vpc_config { subnet_ids = [aws_subnet.public.id, aws_subnet.private.id] }
}

resource "aws_eks_node_group" "n" {
  cluster_name    = aws_eks_cluster.c.name
  node_group_name = "n"
  node_role_arn   = aws_iam_role.r.arn
  subnet_ids      = [aws_subnet.private.id] # nodes
  scaling_config {
    desired_size = 1
    max_size     = 1
    min_size     = 1
  }
}

# rules of the cluster's group

resource "aws_security_group" "named" {
  vpc_id = aws_vpc.v.id
  tags   = { Name = "sg-named" }
  ingress {
    from_port   = 80
    to_port     = 80
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "open" {
  vpc_id = aws_vpc.v.id
  ingress {
    from_port       = 5432
    to_port         = 5432
    protocol        = "tcp"
    security_groups = [aws_eks_cluster.c.vpc_config[0].cluster_security_group_id]
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "shut" { vpc_id = aws_vpc.v.id }

resource "aws_db_subnet_group" "g" { subnet_ids = [aws_subnet.private.id] }

resource "aws_db_instance" "open" {
  instance_class         = "db.t3.micro"
  engine                 = "postgres"
  port                   = 5432
  db_subnet_group_name   = aws_db_subnet_group.g.name
  vpc_security_group_ids = [aws_security_group.open.id]
}

resource "aws_db_instance" "shut" {
  instance_class         = "db.t3.micro"
  engine                 = "postgres"
  port                   = 5432
  db_subnet_group_name   = aws_db_subnet_group.g.name
  vpc_security_group_ids = [aws_security_group.shut.id]
}

resource "aws_instance" "inside" {
  ami                    = "ami-1"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.private.id
  vpc_security_group_ids = [aws_eks_cluster.c.vpc_config[0].cluster_security_group_id]
}

resource "aws_instance" "beside" {
  ami                    = "ami-1"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.private.id
  vpc_security_group_ids = [aws_security_group.open.id]
}
