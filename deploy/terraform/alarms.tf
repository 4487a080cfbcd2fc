# Generated from schema/. To change this file, edit the schemas and build.

locals {
  alarm_actions = var.alarm_topic_arn == "" ? [] : [var.alarm_topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "iterator_age" {
  alarm_name          = "user-limits-${var.stage}-iterator-age"
  alarm_description   = "The function is behind the stream: look for errors and throttles first, then give it a higher ParallelizationFactor, BatchSize or MemorySize, or the stream more shards."
  namespace           = "AWS/Lambda"
  metric_name         = "IteratorAge"
  dimensions          = { FunctionName = aws_lambda_function.function.function_name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 5
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.iterator_age_alarm_milliseconds
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "user-limits-${var.stage}-errors"
  alarm_description   = "Invocations fail as a whole (a crash, a timeout, wrong settings): read the log."
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = aws_lambda_function.function.function_name }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
}

resource "aws_cloudwatch_metric_alarm" "throttles" {
  alarm_name          = "user-limits-${var.stage}-throttles"
  alarm_description   = "Lambda holds invocations back: the account's or the function's concurrency is used up."
  namespace           = "AWS/Lambda"
  metric_name         = "Throttles"
  dimensions          = { FunctionName = aws_lambda_function.function.function_name }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
}

resource "aws_cloudwatch_metric_alarm" "retries" {
  alarm_name          = "user-limits-${var.stage}-retries"
  alarm_description   = "Records have had to wait for a quarter of an hour, most likely for DynamoDB: the log has the reason."
  namespace           = "kinesis-handler/${var.stage}"
  metric_name         = "retry"
  dimensions          = { service = "user-limits" }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
}

resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  alarm_name          = "user-limits-${var.stage}-dead-letters"
  alarm_description   = "Records that can never succeed were set aside: read them, mend the cause, and replay."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.dead_letters.name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
}

resource "aws_cloudwatch_metric_alarm" "failed_batches" {
  alarm_name          = "user-limits-${var.stage}-failed-batches"
  alarm_description   = "Lambda gave records up after all its retries: a message says which, and they are in the stream as long as that keeps them."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.failed_batches.name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
}

resource "aws_cloudwatch_metric_alarm" "dead_letters_age" {
  alarm_name          = "user-limits-${var.stage}-dead-letters-age"
  alarm_description   = "A dead letter is 10 days old; it is deleted when it is 14."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = { QueueName = aws_sqs_queue.dead_letters.name }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 864000
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
}

resource "aws_cloudwatch_dashboard" "dashboard" {
  dashboard_name = "user-limits-${var.stage}"
  dashboard_body = <<-JSON
    {"widgets": [
      {"type": "metric", "x": 0, "y": 0, "width": 8, "height": 6,
        "properties": {"title": "Records by verdict", "region": "${data.aws_region.current.id}", "view": "timeSeries", "stacked": true, "stat": "Sum", "period": 60,
          "metrics": [
            ["kinesis-handler/${var.stage}", "done", "service", "user-limits"],
            ["kinesis-handler/${var.stage}", "duplicate", "service", "user-limits"],
            ["kinesis-handler/${var.stage}", "skipped", "service", "user-limits"],
            ["kinesis-handler/${var.stage}", "deadLettered", "service", "user-limits"],
            ["kinesis-handler/${var.stage}", "retry", "service", "user-limits"]
          ]}},
      {"type": "metric", "x": 8, "y": 0, "width": 8, "height": 6,
        "properties": {"title": "Time of a batch (ms)", "region": "${data.aws_region.current.id}", "view": "timeSeries", "stacked": false, "stat": "p50", "period": 60,
          "metrics": [
            ["kinesis-handler/${var.stage}", "batchMilliseconds", "service", "user-limits", {"stat": "p50"}],
            ["kinesis-handler/${var.stage}", "batchMilliseconds", "service", "user-limits", {"stat": "p99"}],
            ["kinesis-handler/${var.stage}", "batchMilliseconds", "service", "user-limits", {"stat": "Maximum"}]
          ]}},
      {"type": "metric", "x": 16, "y": 0, "width": 8, "height": 6,
        "properties": {"title": "Behind the stream (ms)", "region": "${data.aws_region.current.id}", "view": "timeSeries", "stacked": false, "stat": "Maximum", "period": 60,
          "metrics": [
            ["AWS/Lambda", "IteratorAge", "FunctionName", "${aws_lambda_function.function.function_name}"]
          ]}},
      {"type": "metric", "x": 0, "y": 6, "width": 8, "height": 6,
        "properties": {"title": "Invocations", "region": "${data.aws_region.current.id}", "view": "timeSeries", "stacked": false, "stat": "Sum", "period": 60,
          "metrics": [
            ["AWS/Lambda", "Invocations", "FunctionName", "${aws_lambda_function.function.function_name}"],
            ["AWS/Lambda", "Errors", "FunctionName", "${aws_lambda_function.function.function_name}"],
            ["AWS/Lambda", "Throttles", "FunctionName", "${aws_lambda_function.function.function_name}"]
          ]}},
      {"type": "metric", "x": 8, "y": 6, "width": 8, "height": 6,
        "properties": {"title": "Time of an invocation (ms)", "region": "${data.aws_region.current.id}", "view": "timeSeries", "stacked": false, "stat": "p50", "period": 60,
          "metrics": [
            ["AWS/Lambda", "Duration", "FunctionName", "${aws_lambda_function.function.function_name}", {"stat": "p50"}],
            ["AWS/Lambda", "Duration", "FunctionName", "${aws_lambda_function.function.function_name}", {"stat": "p99"}],
            ["AWS/Lambda", "Duration", "FunctionName", "${aws_lambda_function.function.function_name}", {"stat": "Maximum"}]
          ]}},
      {"type": "metric", "x": 16, "y": 6, "width": 8, "height": 6,
        "properties": {"title": "Set aside", "region": "${data.aws_region.current.id}", "view": "timeSeries", "stacked": false, "stat": "Maximum", "period": 60,
          "metrics": [
            ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "${aws_sqs_queue.dead_letters.name}"],
            ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "${aws_sqs_queue.failed_batches.name}"]
          ]}},
      {"type": "metric", "x": 0, "y": 12, "width": 8, "height": 6,
        "properties": {"title": "Stream", "region": "${data.aws_region.current.id}", "view": "timeSeries", "stacked": false, "stat": "Sum", "period": 60,
          "metrics": [
            ["AWS/Kinesis", "IncomingRecords", "StreamName", "${local.stream_name}"],
            ["AWS/Kinesis", "WriteProvisionedThroughputExceeded", "StreamName", "${local.stream_name}"],
            ["AWS/Kinesis", "ReadProvisionedThroughputExceeded", "StreamName", "${local.stream_name}"]
          ]}},
      {"type": "metric", "x": 8, "y": 12, "width": 8, "height": 6,
        "properties": {"title": "Reads of tables (units)", "region": "${data.aws_region.current.id}", "view": "timeSeries", "stacked": false, "stat": "Sum", "period": 60,
          "metrics": [
            ["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", "user-limits-${var.stage}-UserLimit"],
            ["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", "user-limits-${var.stage}-kh-checkpoints"],
            ["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", "user-limits-${var.stage}-kh-marks"]
          ]}},
      {"type": "metric", "x": 16, "y": 12, "width": 8, "height": 6,
        "properties": {"title": "Writes to tables (units)", "region": "${data.aws_region.current.id}", "view": "timeSeries", "stacked": false, "stat": "Sum", "period": 60,
          "metrics": [
            ["AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName", "user-limits-${var.stage}-UserLimit"],
            ["AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName", "user-limits-${var.stage}-kh-checkpoints"],
            ["AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName", "user-limits-${var.stage}-kh-marks"]
          ]}}
    ]}
  JSON
}
