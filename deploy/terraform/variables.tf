# Generated from schema/. To change this file, edit the schemas and build.

# ---- Deployment

variable "stage" {
  description = "What this deployment is for, such as dev or prod; part of all names."
  type        = string
  default     = "dev"

  validation {
    condition     = can(regex("^(?:[a-z][a-z0-9-]*)$", var.stage))
    error_message = "stage is of the form [a-z][a-z0-9-]*."
  }

  validation {
    condition     = length(var.stage) >= 1
    error_message = "stage is at least 1 long."
  }

  validation {
    condition     = length(var.stage) <= 16
    error_message = "stage is at most 16 long."
  }
}

variable "protect_data" {
  description = "true: tables can't be deleted, and can be put back to any second of the last 35 days, which is billed by their size."
  type        = string
  default     = "true"

  validation {
    condition     = contains(["true", "false"], var.protect_data)
    error_message = "protect_data is one of true, false."
  }
}

# ---- Stream

variable "existing_stream_arn" {
  description = "The ARN of the Kinesis stream to read; empty: a stream is made."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(?:(arn:[a-z-]+:kinesis:[a-z0-9-]+:[0-9]{12}:stream/[A-Za-z0-9_.-]+)?)$", var.existing_stream_arn))
    error_message = "existing_stream_arn is of the form (arn:[a-z-]+:kinesis:[a-z0-9-]+:[0-9]{12}:stream/[A-Za-z0-9_.-]+)?."
  }
}

variable "existing_stream_key_arn" {
  description = "The ARN of the KMS key of your own that the existing stream is encrypted with; empty: none, or the AWS managed one."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(?:(arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+)?)$", var.existing_stream_key_arn))
    error_message = "existing_stream_key_arn is of the form (arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+)?."
  }
}

variable "stream_shards" {
  description = "How many shards the stream that is made has; 0: as many as it takes, on demand."
  type        = number
  default     = 0

  validation {
    condition     = var.stream_shards >= 0
    error_message = "stream_shards is at least 0."
  }

  validation {
    condition     = var.stream_shards <= 10000
    error_message = "stream_shards is at most 10000."
  }
}

variable "stream_retention_hours" {
  description = "How long the stream that is made keeps records. More than MaximumRecordAgeSeconds: what was given up can then still be fetched from it."
  type        = number
  default     = 72

  validation {
    condition     = var.stream_retention_hours >= 24
    error_message = "stream_retention_hours is at least 24."
  }

  validation {
    condition     = var.stream_retention_hours <= 8760
    error_message = "stream_retention_hours is at most 8760."
  }
}

# ---- Event source mapping

variable "starting_position" {
  description = "Where a new mapping begins to read: TRIM_HORIZON, with the oldest record there is; LATEST skips all that is in the stream."
  type        = string
  default     = "TRIM_HORIZON"

  validation {
    condition     = contains(["TRIM_HORIZON", "LATEST"], var.starting_position)
    error_message = "starting_position is one of TRIM_HORIZON, LATEST."
  }
}

variable "batch_size" {
  description = "The most records of a batch."
  type        = number
  default     = 100

  validation {
    condition     = var.batch_size >= 1
    error_message = "batch_size is at least 1."
  }

  validation {
    condition     = var.batch_size <= 10000
    error_message = "batch_size is at most 10000."
  }
}

variable "batch_window_seconds" {
  description = "For how long records are gathered for a batch that isn't full."
  type        = number
  default     = 1

  validation {
    condition     = var.batch_window_seconds >= 0
    error_message = "batch_window_seconds is at least 0."
  }

  validation {
    condition     = var.batch_window_seconds <= 300
    error_message = "batch_window_seconds is at most 300."
  }
}

variable "parallelization_factor" {
  description = "How many batches of one shard are handled at once. Above 1 order holds for each partition key only, so producers have to put 'aggregateId' of the envelope there."
  type        = number
  default     = 1

  validation {
    condition     = var.parallelization_factor >= 1
    error_message = "parallelization_factor is at least 1."
  }

  validation {
    condition     = var.parallelization_factor <= 10
    error_message = "parallelization_factor is at most 10."
  }
}

variable "maximum_retry_attempts" {
  description = "How often a batch that fails is tried again before it goes to the queue of failed batches."
  type        = number
  default     = 100

  validation {
    condition     = var.maximum_retry_attempts >= 0
    error_message = "maximum_retry_attempts is at least 0."
  }

  validation {
    condition     = var.maximum_retry_attempts <= 10000
    error_message = "maximum_retry_attempts is at most 10000."
  }
}

variable "maximum_record_age_seconds" {
  description = "How old a record that fails may grow before it goes to the queue of failed batches."
  type        = number
  default     = 86400

  validation {
    condition     = var.maximum_record_age_seconds >= 60
    error_message = "maximum_record_age_seconds is at least 60."
  }

  validation {
    condition     = var.maximum_record_age_seconds <= 604800
    error_message = "maximum_record_age_seconds is at most 604800."
  }
}

# ---- Function

variable "architecture" {
  description = "The processor that the zip file was built for."
  type        = string
  default     = "x86_64"

  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "architecture is one of x86_64, arm64."
  }
}

variable "memory_size" {
  description = "Memory of the function in MB; its share of a processor grows with it."
  type        = number
  default     = 512

  validation {
    condition     = var.memory_size >= 128
    error_message = "memory_size is at least 128."
  }

  validation {
    condition     = var.memory_size <= 10240
    error_message = "memory_size is at most 10240."
  }
}

variable "timeout" {
  description = "The most seconds of one invocation."
  type        = number
  default     = 60

  validation {
    condition     = var.timeout >= 15
    error_message = "timeout is at least 15."
  }

  validation {
    condition     = var.timeout <= 900
    error_message = "timeout is at most 900."
  }
}

# ---- Watching

variable "log_retention_days" {
  description = "How long log lines are kept."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653."
  }
}

variable "alarm_topic_arn" {
  description = "The ARN of the SNS topic that alarms are sent to; empty: to nobody."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(?:(arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+)?)$", var.alarm_topic_arn))
    error_message = "alarm_topic_arn is of the form (arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+)?."
  }
}

variable "iterator_age_alarm_milliseconds" {
  description = "How far behind the stream's end the function may be without an alarm."
  type        = number
  default     = 300000

  validation {
    condition     = var.iterator_age_alarm_milliseconds >= 1000
    error_message = "iterator_age_alarm_milliseconds is at least 1000."
  }

  validation {
    condition     = var.iterator_age_alarm_milliseconds <= 604800000
    error_message = "iterator_age_alarm_milliseconds is at most 604800000."
  }
}

# ---- Settings of the service

variable "idempotency_ttl_s" {
  description = "For how many seconds at least a database remembers which events were applied."
  type        = number
  default     = 86400

  validation {
    condition     = var.idempotency_ttl_s >= 1
    error_message = "idempotency_ttl_s is at least 1."
  }

  validation {
    condition     = var.idempotency_ttl_s <= 315360000
    error_message = "idempotency_ttl_s is at most 315360000."
  }
}

variable "log_level" {
  description = "The least level that is logged."
  type        = string
  default     = "info"

  validation {
    condition     = contains(["trace", "debug", "info", "warn", "error", "fatal", "off"], var.log_level)
    error_message = "log_level is one of trace, debug, info, warn, error, fatal, off."
  }
}

variable "on_duplicate_limit" {
  description = "What becomes of a USER_LIMIT_CREATED for a limit that is there already: it is refused, or replaces the limit."
  type        = string
  default     = "reject"

  validation {
    condition     = contains(["reject", "replace"], var.on_duplicate_limit)
    error_message = "on_duplicate_limit is one of reject, replace."
  }
}

variable "reserve_ms" {
  description = "No further record is started when less time (in milliseconds) is left, or 5 % of the invocation's time if that is more."
  type        = number
  default     = 250

  validation {
    condition     = var.reserve_ms >= 0
    error_message = "reserve_ms is at least 0."
  }

  validation {
    condition     = var.reserve_ms <= 60000
    error_message = "reserve_ms is at most 60000."
  }
}

variable "unknown_events" {
  description = "What becomes of events of a type that has no schema."
  type        = string
  default     = "skip"

  validation {
    condition     = contains(["skip", "deadLetter"], var.unknown_events)
    error_message = "unknown_events is one of skip, deadLetter."
  }
}

# ---- Code

variable "package_file" {
  description = "The zip file with the executable; empty: what `./dev package` made for the architecture."
  type        = string
  default     = ""
}
