# Generated from schema/. To change this file, edit the schemas and build.
# As `kinesis-handler tables create` makes them.

resource "aws_dynamodb_table" "user_limit" {
  name                        = "user-limits-${var.stage}-UserLimit"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "userLimitId"
  deletion_protection_enabled = var.protect_data == "true"

  attribute {
    name = "userLimitId"
    type = "S"
  }

  attribute {
    name = "userId"
    type = "S"
  }

  global_secondary_index {
    name            = "by_user"
    hash_key        = "userId"
    range_key       = "userLimitId"
    projection_type = "KEYS_ONLY"
  }

  ttl {
    attribute_name = "kh#expires"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = var.protect_data == "true"
  }
}

resource "aws_dynamodb_table" "kh_checkpoints" {
  name                        = "user-limits-${var.stage}-kh-checkpoints"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "id"
  deletion_protection_enabled = var.protect_data == "true"

  attribute {
    name = "id"
    type = "S"
  }

  ttl {
    attribute_name = "kh#expires"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = var.protect_data == "true"
  }
}

resource "aws_dynamodb_table" "kh_marks" {
  name                        = "user-limits-${var.stage}-kh-marks"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "id"
  deletion_protection_enabled = var.protect_data == "true"

  attribute {
    name = "id"
    type = "S"
  }

  ttl {
    attribute_name = "kh#expires"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = var.protect_data == "true"
  }
}
