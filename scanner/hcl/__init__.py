"""The Terraform language: syntax, values, functions, evaluation. It knows no provider and no modules."""
