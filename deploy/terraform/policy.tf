# Generated from schema/. To change this file, edit the schemas and build.

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "role" {
  name               = "user-limits-${var.stage}"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

# What the service uses, and nothing else.
data "aws_iam_policy_document" "policy" {
  statement {
    sid     = "ReadStream"
    actions = ["kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"]
    resources = [
      local.stream_arn,
    ]
  }

  statement {
    sid     = "SetAside"
    actions = ["sqs:SendMessage"]
    resources = [
      aws_sqs_queue.dead_letters.arn,
      aws_sqs_queue.failed_batches.arn,
    ]
  }

  statement {
    sid     = "WriteLog"
    actions = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = [
      "${aws_cloudwatch_log_group.log.arn}:*",
    ]
  }

  statement {
    sid     = "ChangeRows"
    actions = ["dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
    resources = [
      aws_dynamodb_table.user_limit.arn,
    ]
  }

  statement {
    sid     = "QueryIndexes"
    actions = ["dynamodb:Query"]
    resources = [
      "${aws_dynamodb_table.user_limit.arn}/index/by_user",
    ]
  }

  statement {
    sid     = "RememberEvents"
    actions = ["dynamodb:BatchGetItem", "dynamodb:PutItem"]
    resources = [
      aws_dynamodb_table.kh_marks.arn,
    ]
  }

  dynamic "statement" {
    for_each = var.existing_stream_key_arn == "" ? [] : [var.existing_stream_key_arn]

    content {
      sid       = "DecryptStream"
      actions   = ["kms:Decrypt"]
      resources = [statement.value]
    }
  }
}

resource "aws_iam_role_policy" "policy" {
  name   = "what-the-service-uses"
  role   = aws_iam_role.role.id
  policy = data.aws_iam_policy_document.policy.json
}

# ---- Queues

data "aws_iam_policy_document" "dead_letters_over_tls" {
  statement {
    sid       = "RefuseWithoutTls"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.dead_letters.arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sqs_queue_policy" "dead_letters_over_tls" {
  queue_url = aws_sqs_queue.dead_letters.id
  policy    = data.aws_iam_policy_document.dead_letters_over_tls.json
}

data "aws_iam_policy_document" "failed_batches_over_tls" {
  statement {
    sid       = "RefuseWithoutTls"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.failed_batches.arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sqs_queue_policy" "failed_batches_over_tls" {
  queue_url = aws_sqs_queue.failed_batches.id
  policy    = data.aws_iam_policy_document.failed_batches_over_tls.json
}
