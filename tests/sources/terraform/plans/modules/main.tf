provider "aws" {
  region                      = var.region
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

variable "region" { type = string }

variable "stores" {
  type = map(object({ acl = string, versioned = optional(bool, true) }))
}

variable "open_ports" { default = [443] }

module "store" {
  source   = "./store"
  for_each = var.stores

  name      = each.key
  acl       = each.value.acl
  versioned = each.value.versioned
}

data "aws_iam_policy_document" "reader" {
  statement {
    actions   = ["s3:*"]
    resources = ["${module.store["logs.v1"].arn}/*"]
  }
}

resource "aws_iam_policy" "reader" {
  name   = "reader"
  policy = data.aws_iam_policy_document.reader.json
}

resource "aws_security_group" "web" {
  name = "web"

  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }

  dynamic "ingress" {
    for_each = var.open_ports
    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["10.0.0.0/8"]
    }
  }
}

resource "aws_db_instance" "main" {
  count               = 2
  engine              = "postgres"
  instance_class      = "db.t3.micro"
  allocated_storage   = 10
  username            = "root"
  password            = "correct-horse-battery"
  publicly_accessible = count.index == 1
  kms_key_id          = module.store["logs.v1"].key_arn
}
