# Generated from schema/. To change this file, edit the schemas and build.
# docs/deploy.md says how to use it.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.30"
    }
  }
}
