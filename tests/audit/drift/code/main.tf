# Code whose live account drifted in every way; test_drift.py makes the account, and the state beside this file.
provider "aws" {
  region = "eu-west-1"
}

# as written

resource "aws_s3_bucket" "kept" {
  bucket = "drift-kept"
}

resource "aws_sns_topic" "kept" {
  name = "drift-kept"
}

# weaker than written

resource "aws_s3_bucket" "weak" {
  bucket = "drift-weak"
}

resource "aws_s3_bucket_versioning" "weak" {
  bucket = aws_s3_bucket.weak.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_sqs_queue" "weak" {
  name              = "drift-weak"
  kms_master_key_id = "alias/aws/sqs"
}

resource "aws_dynamodb_table" "weak" {
  name         = "drift-weak"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
  point_in_time_recovery {
    enabled = true
  }
}

# stronger than written

resource "aws_s3_bucket" "strong" {
  bucket = "drift-strong"
}

resource "aws_s3_bucket_versioning" "strong" {
  bucket = aws_s3_bucket.strong.id
  versioning_configuration {
    status = "Suspended"
  }
}

resource "aws_sqs_queue" "strong" {
  name                    = "drift-strong"
  sqs_managed_sse_enabled = false
}

resource "aws_dynamodb_table" "strong" {
  name         = "drift-strong"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
  point_in_time_recovery {
    enabled = false
  }
}

# applied once, and gone

resource "aws_sns_topic" "gone" {
  name = "drift-gone"
}

resource "aws_sqs_queue" "gone" {
  name = "drift-gone"
}

resource "aws_s3_bucket" "gone" {
  bucket = "drift-gone"
}

# never applied

resource "aws_sns_topic" "new" {
  name = "drift-new"
}

resource "aws_sqs_queue" "new" {
  name = "drift-new"
}

resource "aws_s3_bucket" "new" {
  bucket = "drift-new"
}

# of a service that may not be listed

resource "aws_ecr_repository" "a" {
  name = "drift-a"
}

resource "aws_ecr_repository" "b" {
  name = "drift-b"
}

resource "aws_ecr_repository" "c" {
  name = "drift-c"
}
