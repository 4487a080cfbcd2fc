"""DynamoDB as the campaigns see it, read here by botocore."""

from __future__ import annotations

import hashlib
import os
import subprocess
from decimal import Decimal

import botocore.config
import botocore.session

import service
from stores import Rows

REGION = "eu-west-1"
KEY_ID, SECRET = "torture", "torture"
RING_ENTRY = 20     # bytes: half a SHA-256, and a time


def digest(event_id: str) -> bytes:
    return hashlib.sha256(event_id.encode()).digest()[:16]


class DynamoDb:
    """Tables of a prefix of their own. The service talks to `address`, which may be a proxy's; we never do."""

    name = "dynamodb"

    def __init__(self, endpoint: str, prefix: str, through: str = "",
                 program: str = service.PROGRAM) -> None:
        self.prefix = prefix
        self.program = program
        self.settings = {
            "DB": "dynamodb",
            "DYNAMODB_TABLE_PREFIX": prefix,
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL_DYNAMODB": through or endpoint,
            "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET,
        }
        self.client = botocore.session.get_session().create_client(
            "dynamodb", region_name=REGION, endpoint_url=endpoint, aws_access_key_id=KEY_ID,
            aws_secret_access_key=SECRET, config=botocore.config.Config(read_timeout=60))
        self.tables("create", endpoint)

    def tables(self, action: str, endpoint: str) -> None:
        """By the service's own verb."""
        environment = os.environ | self.settings | {"AWS_ENDPOINT_URL_DYNAMODB": endpoint}
        result = subprocess.run([self.program, "tables", action], env=environment,
                                capture_output=True, text=True)
        if result.returncode != 0:
            raise service.Failed(f"tables {action}: {result.stdout}{result.stderr}")

    def items(self, table: str) -> list[dict]:
        pages = self.client.get_paginator("scan").paginate(
            TableName=self.prefix + table, ConsistentRead=True)
        return [item for page in pages for item in page["Items"]]

    def rows(self) -> Rows:
        return {
            item["accountId"]["S"]: (int(item["applied"]["N"]), Decimal(item["balance"]["N"]),
                                     int(item["digest"]["N"]))
            for item in self.items("Account") if "kh#removed" not in item
        }

    def has_marks_of(self, ids: set[str]) -> bool:
        """These, and no others: in their rows, or in items of their own when a row had no room."""
        found = []
        for item in self.items("Account"):
            ring = item.get("kh#marks", {"B": b""})["B"]
            found += [ring[at:at + 16] for at in range(0, len(ring), RING_ENTRY)]
        found += [bytes.fromhex(item["id"]["S"]) for item in self.items("kh-marks")]
        return sorted(found) == sorted(map(digest, ids))

    def damage(self) -> str:
        return ""
