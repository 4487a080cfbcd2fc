"""The CloudWatch dashboard, as the JSON text that CloudWatch takes."""

from __future__ import annotations

import json

from .alarms import LAMBDA, OWN, SQS

_WIDTH, _HEIGHT, _COLUMNS = 8, 6, 3
# The metrics of src/edge/metrics.c that count records by what became of them.
VERDICTS = ("done", "duplicate", "skipped", "deadLettered", "retry")

Lines = list[list[object]]


def dashboard(service: str, tables: list[str]) -> str:
    widgets = [
        _widget("Records by verdict", "Sum", [[OWN, name, "service", service] for name in VERDICTS],
                stacked=True),
        _widget("Time of a batch (ms)", "p50", [
            [OWN, "batchMilliseconds", "service", service, {"stat": stat}]
            for stat in ("p50", "p99", "Maximum")]),
        _widget("Behind the stream (ms)", "Maximum", [_of_function("IteratorAge")]),
        _widget("Invocations", "Sum", [
            _of_function(name) for name in ("Invocations", "Errors", "Throttles")]),
        _widget("Time of an invocation (ms)", "p50", [
            [*_of_function("Duration"), {"stat": stat}] for stat in ("p50", "p99", "Maximum")]),
        _widget("Set aside", "Maximum", [
            [SQS, "ApproximateNumberOfMessagesVisible", "QueueName", queue]
            for queue in ("${DeadLetters.Name}", "${FailedBatches.Name}")]),
        _widget("Stream", "Sum", [
            ["AWS/Kinesis", name, "StreamName", "${StreamName}"]
            for name in ("IncomingRecords", "WriteProvisionedThroughputExceeded",
                         "ReadProvisionedThroughputExceeded")]),
        _widget("Reads of tables (units)", "Sum", _of_tables("ConsumedReadCapacityUnits", tables)),
        _widget("Writes to tables (units)", "Sum", _of_tables("ConsumedWriteCapacityUnits", tables)),
    ]
    for number, widget in enumerate(widgets):
        row, column = divmod(number, _COLUMNS)
        widget |= {"x": column * _WIDTH, "y": row * _HEIGHT, "width": _WIDTH, "height": _HEIGHT}
    return _json({"widgets": widgets})


def _of_function(metric: str) -> list[object]:
    return [LAMBDA, metric, "FunctionName", "${Function}"]


def _of_tables(metric: str, tables: list[str]) -> Lines:
    return [["AWS/DynamoDB", metric, "TableName", table] for table in tables]


def _widget(title: str, statistic: str, lines: Lines, *, stacked: bool = False) -> dict[str, object]:
    return {
        "type": "metric",
        "properties": {
            "title": title, "region": "${Region}", "view": "timeSeries", "stacked": stacked,
            "stat": statistic, "period": 60, "metrics": lines,
        },
    }


def _json(board: dict[str, list[dict[str, object]]]) -> str:
    """A line for each metric: one more is one more line."""
    widgets = []
    for widget in board["widgets"]:
        properties = dict(widget["properties"])
        lines = ",\n".join(f"        {json.dumps(line)}" for line in properties.pop("metrics"))
        head = json.dumps(properties)[:-1]
        place = json.dumps({name: widget[name] for name in ("type", "x", "y", "width", "height")})
        widgets.append(
            f'  {place[:-1]},\n    "properties": {head},\n      "metrics": [\n{lines}\n      ]}}}}')
    return '{"widgets": [\n' + ",\n".join(widgets) + "\n]}"
