variable "services" {
  default = {
    shop   = { port = 443, open = true, keys = 1 }
    ledger = { port = 5432, open = false, keys = 0 }
  }
}

provider "aws" {
  region                      = "eu-west-1"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

resource "random_id" "suffix" {
  byte_length = 4
}

resource "random_shuffle" "zones" {
  input        = ["eu-west-1a", "eu-west-1b"]
  result_count = 1
}

module "service" {
  source   = "./service"
  for_each = var.services

  name   = each.key
  suffix = random_id.suffix.hex
  zone   = random_shuffle.zones.result[0]
  ports  = [for port in [each.value.port, 22] : port if each.value.open || port != 22]
  open   = each.value.open
  keys   = each.value.keys
}

resource "null_resource" "announced" {
  for_each = module.service
  triggers = { bucket = each.value.bucket }
}
