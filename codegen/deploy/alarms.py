"""When somebody has to look. Metrics of the service's own are those of src/edge/metrics.c."""

from __future__ import annotations

from dataclasses import dataclass

LAMBDA = "AWS/Lambda"
SQS = "AWS/SQS"
# Of all services of a stage; their dimension tells them apart.
OWN = "kinesis-handler/${Stage}"
# How long messages are kept is 14 days; at this age there are four left.
_OLD_SECONDS = 10 * 86400


@dataclass(frozen=True)
class Alarm:
    id: str  # LikeThis
    snake: str
    name: str  # behind the service and the stage
    description: str  # what it means, and what to do
    namespace: str
    metric: str
    dimension: tuple[str, str]
    statistic: str
    threshold: str  # it rings above
    minutes: int = 1  # of one period
    periods: int = 1


def alarms(service: str) -> tuple[Alarm, ...]:
    function = ("FunctionName", "${Function}")
    own = ("service", service)
    return (
        Alarm(
            "IteratorAgeAlarm", "iterator_age", "iterator-age",
            "The function is behind the stream: look for errors and throttles first, then give it "
            "a higher ParallelizationFactor, BatchSize or MemorySize, or the stream more shards.",
            LAMBDA, "IteratorAge", function, "Maximum", "${IteratorAgeAlarmMilliseconds}", 1, 5),
        Alarm(
            "ErrorsAlarm", "errors", "errors",
            "Invocations fail as a whole (a crash, a timeout, wrong settings): read the log.",
            LAMBDA, "Errors", function, "Sum", "0", 1, 3),
        Alarm(
            "ThrottlesAlarm", "throttles", "throttles",
            "Lambda holds invocations back: the account's or the function's concurrency is used up.",
            LAMBDA, "Throttles", function, "Sum", "0", 1, 3),
        Alarm(
            "RetriesAlarm", "retries", "retries",
            "Records have had to wait for a quarter of an hour, most likely for DynamoDB: the log "
            "has the reason.",
            OWN, "retry", own, "Sum", "0", 5, 3),
        Alarm(
            "DeadLettersAlarm", "dead_letters", "dead-letters",
            "Records that can never succeed were set aside: read them, mend the cause, and replay.",
            SQS, "ApproximateNumberOfMessagesVisible", ("QueueName", "${DeadLetters.Name}"),
            "Maximum", "0"),
        Alarm(
            "FailedBatchesAlarm", "failed_batches", "failed-batches",
            "Lambda gave records up after all its retries: a message says which, and they are in "
            "the stream as long as that keeps them.",
            SQS, "ApproximateNumberOfMessagesVisible", ("QueueName", "${FailedBatches.Name}"),
            "Maximum", "0"),
        Alarm(
            "DeadLettersAgeAlarm", "dead_letters_age", "dead-letters-age",
            "A dead letter is 10 days old; it is deleted when it is 14.",
            SQS, "ApproximateAgeOfOldestMessage", ("QueueName", "${DeadLetters.Name}"),
            "Maximum", str(_OLD_SECONDS), 5),
    )
