variable "name" { type = string }
variable "suffix" { type = string }
variable "zone" { type = string }
variable "ports" { type = list(number) }
variable "open" { type = bool }
variable "keys" { type = number }

locals {
  bucket = "${var.name}-${var.suffix}"
}

resource "tls_private_key" "login" {
  count     = var.keys
  algorithm = "RSA"
  rsa_bits  = 1024
}

resource "aws_key_pair" "login" {
  count      = length(tls_private_key.login)
  key_name   = "${var.name}-${count.index}"
  public_key = tls_private_key.login[count.index].public_key_openssh
}

resource "aws_s3_bucket" "data" {
  bucket = local.bucket
}

resource "aws_s3_bucket_public_access_block" "data" {
  bucket                  = aws_s3_bucket.data.id
  block_public_acls       = !var.open
  block_public_policy     = !var.open
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "data" {
  bucket = aws_s3_bucket.data.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = var.open ? "*" : "arn:aws:iam::111122223333:role/${var.name}" }
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::${local.bucket}/*"
    }]
  })
}

resource "aws_security_group" "front" {
  name = "${var.name}-${null_resource.ready.id}"

  dynamic "ingress" {
    for_each = toset(var.ports)
    content {
      protocol    = "tcp"
      from_port   = ingress.value
      to_port     = ingress.value
      cidr_blocks = [var.open ? "0.0.0.0/0" : "10.0.0.0/8"]
    }
  }
}

resource "aws_ebs_volume" "scratch" {
  for_each          = toset(var.open ? [] : ["a", "b"])
  availability_zone = var.zone
  size              = 8
  encrypted         = each.key == "a"
}

resource "null_resource" "ready" {
  triggers = { bucket = aws_s3_bucket.data.arn }
}

output "bucket" { value = aws_s3_bucket.data.id }
