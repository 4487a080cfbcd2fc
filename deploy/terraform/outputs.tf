# Generated from schema/. To change this file, edit the schemas and build.

output "function_name" {
  description = "The function."
  value       = aws_lambda_function.function.function_name
}

output "stream_arn" {
  description = "The stream that is read."
  value       = local.stream_arn
}

output "table_prefix" {
  description = "What the names of all tables begin with, DYNAMODB_TABLE_PREFIX."
  value       = "user-limits-${var.stage}-"
}

output "dead_letters_url" {
  description = "The queue of records that can never succeed."
  value       = aws_sqs_queue.dead_letters.url
}

output "failed_batches_url" {
  description = "The queue of what the mapping gave up."
  value       = aws_sqs_queue.failed_batches.url
}

output "log_group" {
  description = "Where log lines are."
  value       = aws_cloudwatch_log_group.log.name
}

output "dashboard_url" {
  description = "The dashboard, in the console."
  value       = "https://${data.aws_region.current.id}.console.aws.amazon.com/cloudwatch/home?region=${data.aws_region.current.id}#dashboards:name=${aws_cloudwatch_dashboard.dashboard.dashboard_name}"
}
