"""What must not be so: each rule is a function of a mapping, and docs/check-mapping.md says why it is there.

Figures of AWS are those of its documentation of event source mappings; figures of the service's own say
where they come from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .model import UNKNOWN, Finding, Mapping, Part, Setting

# One attempt of a request, src/aws/client.c: until then nobody knows whether it has failed.
_ATTEMPT_S = 10
# What of the invocation's time is kept in reserve, src/edge/lambda_loop.c: RESERVE_MS or this part of it.
_RESERVED_PART = 0.05
_DEFAULT_RESERVE_MS = 250
_DEFAULT_TIMEOUT_S = 3
_LONGEST_TIMEOUT_S = 900
_DEFAULT_RETENTION_HOURS = 24
_LONGEST_RETENTION_S = 1_209_600
_DEFAULT_QUEUE_RETENTION_S = 345_600
_DEFAULT_VISIBILITY_S = 30
_UNLIMITED = -1
_RANGES = {
    "BatchSize": (1, 10_000),
    "MaximumBatchingWindowInSeconds": (0, 300),
    "ParallelizationFactor": (1, 10),
    "TumblingWindowInSeconds": (0, 900),
    "MaximumRetryAttempts": (-1, 10_000),
    "MaximumRecordAgeInSeconds": (60, 604_800),
}


@dataclass(frozen=True)
class Wanted:
    """What the schemas and whoever asks say beside the file."""

    ordering_key: str | None = None  # of the envelope
    has_schemas: bool = False
    partition_key: str | None = None  # what producers choose


@dataclass(frozen=True)
class Complaint:
    """A finding without its rule and file."""

    at: Setting | Part | Mapping
    message: str
    advice: str
    is_error: bool = True


Rule = Callable[[Mapping, Wanted], Iterator[Complaint]]


def judge(mapping: Mapping, wanted: Wanted) -> list[Finding]:
    """By line."""
    rules = _OF_QUEUES if mapping.source == "sqs" else _OF_STREAMS
    found = [
        Finding(name, complaint.is_error, mapping.file, complaint.at.line, complaint.at.path,
                complaint.message, complaint.advice)
        for name, rule in rules.items() for complaint in rule(mapping, wanted)
    ]
    return sorted(found, key=lambda finding: (finding.line, finding.path, finding.rule))


def names() -> list[str]:
    return sorted(_OF_STREAMS | _OF_QUEUES)


# ---- What the mapping says -----------------------------------------------------------------------


def _number(mapping: Mapping, name: str, default: int) -> int | None:
    """None: not known, or no number."""
    found = mapping.settings.get(name)
    return default if found is None else found.number


def _is_unlimited(mapping: Mapping, name: str) -> bool:
    return _number(mapping, name, _UNLIMITED) == _UNLIMITED


def _is_bounded(mapping: Mapping) -> bool:
    return not (_is_unlimited(mapping, "MaximumRetryAttempts")
                and _is_unlimited(mapping, "MaximumRecordAgeInSeconds"))


def _at(mapping: Mapping, *settings: str) -> Setting | Mapping:
    """The first of the settings that is there."""
    return next((mapping.settings[name] for name in settings if name in mapping.settings), mapping)


def _of_environment(mapping: Mapping, name: str, default: str = "") -> str | None:
    """None: not known."""
    environment = mapping.function.environment if mapping.function is not None else None
    if environment is None:
        return None
    found = environment.get(name)
    if found is None:
        return default
    return found.value if isinstance(found.value, str) else None


def _timeout_s(mapping: Mapping) -> int | None:
    """None: not known."""
    if mapping.function is None:
        return None
    found = mapping.function.settings.get("Timeout")
    return _DEFAULT_TIMEOUT_S if found is None else found.number


# ---- Losing --------------------------------------------------------------------------------------


def _batch_item_failures(mapping: Mapping, _: Wanted) -> Iterator[Complaint]:
    found = mapping.settings.get("FunctionResponseTypes")
    if found is not None and found.value is UNKNOWN:
        return
    types = found.value if found is not None and isinstance(found.value, tuple) else ()
    if "ReportBatchItemFailures" not in types:
        yield Complaint(
            found or mapping,
            "Lambda ignores which records failed: those that are to be tried again are lost",
            "set FunctionResponseTypes to [ReportBatchItemFailures]")


def _no_destination(mapping: Mapping, _: Wanted) -> Iterator[Complaint]:
    if _is_bounded(mapping) and "Destination" not in mapping.settings:
        yield Complaint(
            _at(mapping, "MaximumRetryAttempts", "MaximumRecordAgeInSeconds"),
            "records that still fail at the end of their retries vanish without a trace",
            "give DestinationConfig an OnFailure Destination, such as a queue")


def _fifo_destination(mapping: Mapping, _: Wanted) -> Iterator[Complaint]:
    part, found = mapping.destination, mapping.settings.get("Destination")
    by_name = found is not None and isinstance(found.value, str) and found.value.endswith(".fifo")
    fifo = part.settings.get("FifoQueue") if part is not None else None
    if by_name or fifo is not None and fifo.is_true:
        yield Complaint(fifo or _at(mapping, "Destination"),
                        "Lambda can't send what failed to a FIFO queue",
                        "make the destination a standard queue")


def _queue_retention(mapping: Mapping, _: Wanted) -> Iterator[Complaint]:
    part = mapping.destination
    if part is None:
        return
    found = part.settings.get("MessageRetentionPeriod")
    kept = _DEFAULT_QUEUE_RETENTION_S if found is None else found.number
    if kept is not None and kept < _LONGEST_RETENTION_S:
        yield Complaint(
            found or part, f"what failed is deleted after {kept} seconds, read or not",
            f"set MessageRetentionPeriod to {_LONGEST_RETENTION_S}, 14 days", False)


def _record_age(mapping: Mapping, _: Wanted) -> Iterator[Complaint]:
    age = _number(mapping, "MaximumRecordAgeInSeconds", _UNLIMITED)
    if age is None or age == _UNLIMITED:
        return
    at = mapping.settings["MaximumRecordAgeInSeconds"]
    window = _number(mapping, "MaximumBatchingWindowInSeconds", 0)
    timeout = _timeout_s(mapping)
    if window is not None and timeout is not None and age <= window + timeout:
        yield Complaint(
            at, f"records are given up after {age} seconds, and the batching window "
            f"({window} s) and one invocation ({timeout} s) take as long: there is no second try",
            "allow more, or make window and timeout shorter")
    if mapping.stream is None:
        return
    kept = mapping.stream.settings.get("RetentionPeriodHours")
    hours = _DEFAULT_RETENTION_HOURS if kept is None else kept.number
    if hours is not None and age >= hours * 3600:
        yield Complaint(
            at, f"a record may fail for {age} seconds, and the stream keeps it for {hours} hours: "
            "when it is given up there is nothing left to fetch",
            "give up earlier, or set RetentionPeriodHours of the stream higher", False)


def _starting_position(mapping: Mapping, _: Wanted) -> Iterator[Complaint]:
    found = mapping.settings.get("StartingPosition")
    if not mapping.is_new or found is not None and found.value is UNKNOWN:
        return
    if found is None:
        yield Complaint(mapping, "there is no StartingPosition, and a stream needs one",
                        "set it to TRIM_HORIZON")
    elif found.value == "LATEST":
        yield Complaint(
            found, "records that are in the stream when the mapping is made, and those that come "
            "until it is active, are never handled",
            "set StartingPosition to TRIM_HORIZON, unless that is what is wanted", False)
    elif found.value == "AT_TIMESTAMP" and "StartingPositionTimestamp" not in mapping.settings:
        yield Complaint(found, "AT_TIMESTAMP needs a time", "set StartingPositionTimestamp")
    elif found.value not in ("TRIM_HORIZON", "AT_TIMESTAMP"):
        yield Complaint(found, f"{found.value!r} is no position",
                        "set StartingPosition to TRIM_HORIZON")


def _filter(mapping: Mapping, _: Wanted) -> Iterator[Complaint]:
    if "FilterCriteria" in mapping.settings:
        yield Complaint(
            mapping.settings["FilterCriteria"],
            "records that don't match are dropped, and nothing tells of them; those that are not "
            "plain JSON (aggregated, compressed, Protocol Buffers) never match a filter of data",
            "leave it to the service to skip what it has no schema for", False)


def _store(mapping: Mapping, _: Wanted) -> Iterator[Complaint]:
    store = _of_environment(mapping, "DB", "inMemory")
    if store in ("inMemory", "sqlite") and mapping.function is not None:
        yield Complaint(
            _of_function(mapping, "DB"),
            f"DB={store} keeps entities inside one instance of the function: other instances don't "
            "see them, and they end with it",
            "set DB to dynamodb")


def _dead_letter_file(mapping: Mapping, _: Wanted) -> Iterator[Complaint]:
    target = _of_environment(mapping, "DEAD_LETTER")
    if target and target.split(":")[0] not in ("sqs", "kinesis") and "${" not in target[:2]:
        yield Complaint(
            _of_function(mapping, "DEAD_LETTER"),
            "DEAD_LETTER is a file, and the files of a function end with its instance",
            "set DEAD_LETTER to sqs:URL or kinesis:STREAM, or leave it out")


def _of_function(mapping: Mapping, name: str) -> Setting | Part | Mapping:
    function = mapping.function
    if function is None:
        return mapping
    return (function.environment or {}).get(name, function)


# ---- Blocking ------------------------------------------------------------------------------------


def _poison_record(mapping: Mapping, _: Wanted) -> Iterator[Complaint]:
    if _is_bounded(mapping):
        return
    sets_aside = bool(_of_environment(mapping, "DEAD_LETTER"))
    yield Complaint(
        _at(mapping, "MaximumRetryAttempts", "MaximumRecordAgeInSeconds"),
        "a record that fails each time is tried until it expires, and holds up all behind it in "
        "its shard" + (": DEAD_LETTER takes those that are refused, but not one that ends the "
                       "function" if sets_aside else ""),
        "set MaximumRetryAttempts or MaximumRecordAgeInSeconds, and an OnFailure Destination",
        not sets_aside)


def _bisect(mapping: Mapping, _: Wanted) -> Iterator[Complaint]:
    found = mapping.settings.get("BisectBatchOnFunctionError")
    if found is not None and (found.is_true or found.value is UNKNOWN):
        return
    yield Complaint(
        found or mapping,
        "a record that ends the function takes its whole batch with it: all its records are tried "
        "again each time, and given up together",
        "set BisectBatchOnFunctionError to true")


def _timeout(mapping: Mapping, _: Wanted) -> Iterator[Complaint]:
    function, timeout = mapping.function, _timeout_s(mapping)
    if function is None or timeout is None:
        return
    at = function.settings.get("Timeout", function)
    reserve = _of_environment(mapping, "RESERVE_MS", str(_DEFAULT_RESERVE_MS))
    reserve_s = int(reserve) / 1000 if reserve is not None and reserve.isdecimal() else 0
    needed = _ATTEMPT_S + max(reserve_s, timeout * _RESERVED_PART)
    if timeout > _LONGEST_TIMEOUT_S:
        yield Complaint(at, f"a function has {_LONGEST_TIMEOUT_S} seconds at most, not {timeout}",
                        "set Timeout lower, and BatchSize if need be")
    elif timeout < needed:
        yield Complaint(
            at, f"{timeout} seconds are less than one slow request to AWS takes ({_ATTEMPT_S} s) "
            f"with what is kept in reserve ({needed - _ATTEMPT_S:g} s): batches run out of time, "
            "and come again and again",
            "set Timeout to 30 or more")


def _disabled(mapping: Mapping, _: Wanted) -> Iterator[Complaint]:
    found = mapping.settings.get("Enabled")
    if found is not None and found.value is not UNKNOWN and not found.is_true:
        yield Complaint(found, "nothing is handled, and records expire unread",
                        "enable it before they do", False)


def _concurrency(mapping: Mapping, _: Wanted) -> Iterator[Complaint]:
    function = mapping.function
    reserved = function.settings.get("ReservedConcurrentExecutions") if function else None
    factor = _number(mapping, "ParallelizationFactor", 1)
    if reserved is None or reserved.number is None or factor is None:
        return
    if reserved.number < factor:
        yield Complaint(
            reserved, f"each shard is handled by {factor} invocations at once, and the function may "
            f"have {reserved.number}: the others are throttled",
            "reserve as many as there are shards, times ParallelizationFactor")


# ---- Mixing --------------------------------------------------------------------------------------


def _partition_key(mapping: Mapping, wanted: Wanted) -> Iterator[Complaint]:
    factor = _number(mapping, "ParallelizationFactor", 1)
    if factor is None or factor <= 1:
        return
    at = _at(mapping, "ParallelizationFactor")
    chosen = wanted.partition_key or mapping.partition_key
    if wanted.has_schemas and wanted.ordering_key is None:
        yield Complaint(
            at, "batches of a shard are handled side by side, in order for each partition key only, "
            "and the envelope has no ordering key that could be it",
            'set ParallelizationFactor to 1, or name the key in "x-envelope"')
    elif chosen is None:
        yield Complaint(
            at, "batches of a shard are handled side by side, in order for each partition key only, "
            "and nothing says what producers choose as partition key",
            "set Metadata.KinesisHandler.PartitionKey beside the mapping's properties, or "
            "--partition-key, to the envelope's member; or ParallelizationFactor to 1")
    elif wanted.has_schemas and chosen != wanted.ordering_key:
        yield Complaint(
            at, f"producers choose {chosen!r} as partition key, and events are in order by "
            f"{wanted.ordering_key!r}: those of one {wanted.ordering_key} are handled side by side",
            f"let producers choose {wanted.ordering_key!r}, or set ParallelizationFactor to 1")


def _tumbling_window(mapping: Mapping, _: Wanted) -> Iterator[Complaint]:
    found = mapping.settings.get("TumblingWindowInSeconds")
    if found is not None and (found.number or 0) > 0:
        yield Complaint(
            found, "Lambda keeps a state between batches of a window, and the service has none",
            "leave TumblingWindowInSeconds out")


# ---- Forms ---------------------------------------------------------------------------------------


def _out_of_range(mapping: Mapping, _: Wanted) -> Iterator[Complaint]:
    for name, (least, most) in _RANGES.items():
        found = mapping.settings.get(name)
        if found is None or found.value is UNKNOWN:
            continue
        number = found.number
        is_unlimited = name == "MaximumRecordAgeInSeconds" and number == _UNLIMITED
        if number is None or not least <= number <= most and not is_unlimited:
            yield Complaint(found, f"{name} is an integer from {least} to {most}",
                            "choose one of those")


def _unknown_value(mapping: Mapping, _: Wanted) -> Iterator[Complaint]:
    for name, found in mapping.settings.items():
        if found.value is UNKNOWN and name not in ("Destination", "FilterCriteria"):
            yield Complaint(found, f"{name} can't be told from the file",
                            "give the parameter that it comes from with --parameter NAME=VALUE",
                            False)


# ---- Queues as sources ---------------------------------------------------------------------------


def _queue_visibility(mapping: Mapping, _: Wanted) -> Iterator[Complaint]:
    timeout = _timeout_s(mapping)
    if mapping.queue is None or timeout is None:
        return
    found = mapping.queue.settings.get("VisibilityTimeout")
    hidden = _DEFAULT_VISIBILITY_S if found is None else found.number
    if hidden is not None and hidden < 6 * timeout:
        yield Complaint(
            found or mapping.queue,
            f"messages are seen again after {hidden} seconds, and the function may take {timeout} "
            "and be throttled before it: they are handled twice at once",
            f"set VisibilityTimeout to {6 * timeout} or more, six times the function's Timeout",
            hidden < timeout)


_OF_BOTH: dict[str, Rule] = {
    "batch-item-failures": _batch_item_failures,
    "concurrency": _concurrency,
    "dead-letter-file": _dead_letter_file,
    "disabled": _disabled,
    "filter": _filter,
    "out-of-range": _out_of_range,
    "store": _store,
    "timeout": _timeout,
    "unknown-value": _unknown_value,
}
_OF_STREAMS: dict[str, Rule] = _OF_BOTH | {
    "bisect": _bisect,
    "fifo-destination": _fifo_destination,
    "no-destination": _no_destination,
    "partition-key": _partition_key,
    "poison-record": _poison_record,
    "queue-retention": _queue_retention,
    "record-age": _record_age,
    "starting-position": _starting_position,
    "tumbling-window": _tumbling_window,
}
_OF_QUEUES: dict[str, Rule] = _OF_BOTH | {"queue-visibility": _queue_visibility}
