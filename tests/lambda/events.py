"""Builds Lambda events of a Kinesis event source mapping from Python values."""

import base64
import json
from typing import Any, Iterable

SHARD = "shardId-000000000003"
STREAM_ARN = "arn:aws:kinesis:eu-west-1:111122223333:stream/limits"
FIRST_SEQUENCE_NUMBER = 49650000000000000000000000000000000000000000000000000001
CREATED_AT = 1795434900125
EVENT_LIMIT = 6 * 1024 * 1024 + 100

Json = dict[str, Any]


def to_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def sequence_number(position: int) -> str:
    """The Kinesis sequence number of the record at this position of the shard."""
    return str(FIRST_SEQUENCE_NUMBER + position)


def envelope(event_type: str, event_id: str, data: Any, **members: Any) -> Json:
    """An event as producers write it; `members` replaces or adds members."""
    return {
        "aggregateId": "limit-u1",
        "context": {"correlationId": "c-1"},
        "createdAt": CREATED_AT,
        "data": data,
        "eventId": event_id,
        "sequenceNumber": 1,
        "source": "limits",
        "type": event_type,
    } | members


def limit_created(event_id: str, limit: str = "ul-1", **payload: Any) -> Json:
    data = {
        "activeFrom": CREATED_AT,
        "brandId": "b1",
        "currencyCode": "EUR",
        "period": "CALENDAR_DAY",
        "status": "ACTIVE",
        "type": "DEPOSIT",
        "userId": "u1",
        "userLimitId": limit,
        "value": "200.00",
    }
    return envelope("USER_LIMIT_CREATED", event_id, data | payload)


def progress_changed(event_id: str, limit: str = "ul-1", **payload: Any) -> Json:
    """An event for a limit that is not there can never succeed."""
    data = {
        "amount": "10",
        "brandId": "b1",
        "currencyCode": "EUR",
        "nextResetTime": 1795521300000,
        "previousProgress": "0",
        "userId": "u1",
        "userLimitId": limit,
    }
    return envelope("USER_LIMIT_PROGRESS_CHANGED", event_id, data | payload)


def hopeless(event_id: str) -> Json:
    """An event that can never succeed: nobody ever creates its limit."""
    return progress_changed(event_id, limit="nobody-created-me")


def record(data: bytes, number: str, **members: Any) -> Json:
    """One record of the batch; `members` replaces or adds members beside and in `kinesis`."""
    kinesis = {
        "kinesisSchemaVersion": "1.0",
        "partitionKey": "limit-u1",
        "sequenceNumber": number,
        "data": base64.b64encode(data).decode(),
        "approximateArrivalTimestamp": CREATED_AT / 1000,
    }
    outer = {
        "kinesis": kinesis | members.pop("kinesis", {}),
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{SHARD}:{number}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": "arn:aws:iam::111122223333:role/limits-consumer",
        "awsRegion": "eu-west-1",
        "eventSourceARN": STREAM_ARN,
    }
    return outer | members


def batch_of_data(data: Iterable[bytes], first: int = 0) -> bytes:
    """A batch whose records hold exactly these bytes."""
    records = [record(each, sequence_number(first + i)) for i, each in enumerate(data)]
    return to_json({"Records": records})


def batch(*payloads: Json, first: int = 0) -> bytes:
    """A batch of one record for each event, numbered from `first`."""
    return batch_of_data((to_json(each) for each in payloads), first)


def padded(event: bytes, size: int) -> bytes:
    """The same event, made exactly `size` bytes long by blanks at its end."""
    if len(event) > size:
        raise ValueError(f"the event has {len(event)} bytes already")
    return event + b" " * (size - len(event))


def failures(*numbers: str) -> Json:
    """The response that names these records."""
    return {"batchItemFailures": [{"itemIdentifier": each} for each in numbers]}
