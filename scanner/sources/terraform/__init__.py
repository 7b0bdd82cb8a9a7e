"""Terraform configuration: directories of blocks become evaluated resources."""
