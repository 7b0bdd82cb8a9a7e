# What the seeded account of test_copies.py was made from: plans as they are meant, before anything went wrong.
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["123456789012"]
}

provider "aws" {
  alias               = "dr"
  region              = "eu-central-1"
  allowed_account_ids = ["123456789012"]
}

provider "aws" {
  alias               = "far"
  region              = "us-east-1"
  allowed_account_ids = ["123456789012"]
}

provider "aws" {
  alias               = "partner"
  region              = "eu-central-1"
  allowed_account_ids = ["222222222222"]
}

locals {
  plans = {
    daily   = { vault = aws_backup_vault.dr.arn, tables = ["good", "stale", "failed", "partial", "never", "slow", "lostkey"] }
    graced  = { vault = aws_backup_vault.graced.arn, tables = ["graced"] }
    far     = { vault = aws_backup_vault.far.arn, tables = ["denied"] }
    partner = { vault = aws_backup_vault.partner.arn, tables = ["abroad", "refused"] }
  }
  tables = concat(["past"], flatten([for each in local.plans : each.tables]))
}

resource "aws_dynamodb_table" "this" {
  for_each     = toset(local.tables)
  name         = each.key
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_db_instance" "orders" {
  identifier              = "orders"
  engine                  = "postgres"
  instance_class          = "db.t3.small"
  allocated_storage       = 20
  backup_retention_period = 7
}

resource "aws_backup_vault" "main" {
  name = "main"
}

resource "aws_backup_vault" "dr" {
  provider = aws.dr
  name     = "dr"
}

resource "aws_backup_vault_lock_configuration" "dr" {
  provider            = aws.dr
  backup_vault_name   = aws_backup_vault.dr.name
  changeable_for_days = 3
}

resource "aws_backup_vault" "graced" {
  provider = aws.dr
  name     = "graced"
}

resource "aws_backup_vault_lock_configuration" "graced" {
  provider            = aws.dr
  backup_vault_name   = aws_backup_vault.graced.name
  changeable_for_days = 3
}

resource "aws_backup_vault" "far" {
  provider = aws.far
  name     = "far"
}

resource "aws_backup_vault" "partner" {
  provider = aws.partner
  name     = "partner"
}

resource "aws_backup_vault_policy" "partner" {
  provider          = aws.partner
  backup_vault_name = aws_backup_vault.partner.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
      Action    = "backup:CopyIntoBackupVault"
      Resource  = "*"
    }]
  })
}

resource "aws_backup_plan" "this" {
  for_each = local.plans
  name     = each.key
  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.main.name
    schedule          = "cron(0 5 * * ? *)"
    lifecycle {
      delete_after = 35
    }
    copy_action {
      destination_vault_arn = each.value.vault
      lifecycle {
        delete_after = 35
      }
    }
  }
}

resource "aws_backup_selection" "this" {
  for_each     = local.plans
  name         = each.key
  plan_id      = aws_backup_plan.this[each.key].id
  iam_role_arn = "arn:aws:iam::123456789012:role/backup"
  resources = concat(
    [for name in each.value.tables : aws_dynamodb_table.this[name].arn],
    each.key == "daily" ? [aws_db_instance.orders.arn] : [],
  )
}

resource "aws_backup_region_settings" "this" {
  resource_type_opt_in_preference     = { DynamoDB = true, RDS = true }
  resource_type_management_preference = { DynamoDB = true }
}
