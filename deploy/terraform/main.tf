# Generated from schema/. To change this file, edit the schemas and build.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  made_package = "${path.module}/../../build/package/function${var.architecture == "arm64" ? "-arm64" : ""}.zip"
  package_file = var.package_file == "" ? local.made_package : var.package_file
  stream_arn   = var.existing_stream_arn == "" ? one(aws_kinesis_stream.stream[*].arn) : var.existing_stream_arn
  stream_name  = element(split("/", local.stream_arn), 1)
}

# ---- Stream

resource "aws_kinesis_stream" "stream" {
  count = var.existing_stream_arn == "" ? 1 : 0

  name             = "user-limits-${var.stage}"
  retention_period = var.stream_retention_hours
  shard_count      = var.stream_shards == 0 ? null : var.stream_shards
  encryption_type  = "KMS"
  kms_key_id       = "alias/aws/kinesis"

  stream_mode_details {
    stream_mode = var.stream_shards == 0 ? "ON_DEMAND" : "PROVISIONED"
  }
}

# ---- Queues of what could not be handled

# From the function: records that can never succeed, whole, with the reason.
resource "aws_sqs_queue" "dead_letters" {
  name                       = "user-limits-${var.stage}-dead-letters"
  message_retention_seconds  = 1209600
  max_message_size           = 1048576
  visibility_timeout_seconds = 300
  sqs_managed_sse_enabled    = true
}

# From the mapping: where in the stream the records stand that were given up after all retries.
resource "aws_sqs_queue" "failed_batches" {
  name                       = "user-limits-${var.stage}-failed-batches"
  message_retention_seconds  = 1209600
  visibility_timeout_seconds = 300
  sqs_managed_sse_enabled    = true
}

# ---- The function

resource "aws_cloudwatch_log_group" "log" {
  name              = "/aws/lambda/user-limits-${var.stage}"
  retention_in_days = var.log_retention_days
}

resource "aws_lambda_function" "function" {
  function_name    = "user-limits-${var.stage}"
  description      = "user-limits, a handler of the events of a stream."
  filename         = local.package_file
  source_code_hash = filebase64sha256(local.package_file)
  runtime          = "provided.al2023"
  handler          = "bootstrap"
  architectures    = [var.architecture]
  memory_size      = var.memory_size
  timeout          = var.timeout
  role             = aws_iam_role.role.arn

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.log.name
  }

  environment {
    variables = {
      DB                    = "dynamodb"
      DEAD_LETTER           = "sqs:${aws_sqs_queue.dead_letters.url}"
      DYNAMODB_TABLE_PREFIX = "user-limits-${var.stage}-"
      IDEMPOTENCY_TTL_S     = var.idempotency_ttl_s
      LOG_LEVEL             = var.log_level
      METRICS               = "emf"
      METRICS_NAMESPACE     = "kinesis-handler/${var.stage}"
      ON_DUPLICATE_LIMIT    = var.on_duplicate_limit
      RESERVE_MS            = var.reserve_ms
      UNKNOWN_EVENTS        = var.unknown_events
    }
  }
}

resource "aws_lambda_event_source_mapping" "mapping" {
  function_name                      = aws_lambda_function.function.function_name
  event_source_arn                   = local.stream_arn
  starting_position                  = var.starting_position
  batch_size                         = var.batch_size
  maximum_batching_window_in_seconds = var.batch_window_seconds
  parallelization_factor             = var.parallelization_factor
  function_response_types            = ["ReportBatchItemFailures"]
  bisect_batch_on_function_error     = true
  maximum_retry_attempts             = var.maximum_retry_attempts
  maximum_record_age_in_seconds      = var.maximum_record_age_seconds

  destination_config {
    on_failure {
      destination_arn = aws_sqs_queue.failed_batches.arn
    }
  }

  depends_on = [aws_iam_role_policy.policy]
}
