region = "eu-west-1"
stores = {
  "logs.v1" = { acl = "log-delivery-write" }
  public    = { acl = "public-read", versioned = false }
}
