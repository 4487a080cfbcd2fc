"""Items that AWS's SDK for Python wrote are found by the store, and the other way round."""

import decimal
import pathlib
import sys
import unittest

import botocore.session

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "stack"))

import dynamodb_local  # noqa: E402
from things import VARIETY, Tool, thing  # noqa: E402

# As docs/dynamodb.md has it.
TEXTS = {"id", "group", "at", "colour", "note"}
NUMBERS = {"part", "price", "big", "unsignedBig", "ratio"}
MADE = "#"  # in the names of attributes that are no members


def number(value: object) -> str:
    """A number in the spelling that DynamoDB answers with."""
    exact = decimal.Decimal(repr(value) if isinstance(value, float) else value)
    text = f"{exact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def attribute(name: str, value: object) -> dict:
    if value is None:
        return {"NULL": True}
    if name in TEXTS:
        return {"S": value}
    if name in NUMBERS:
        return {"N": number(value)}
    if name == "flag":
        return {"BOOL": value}
    return {"M": {"text": {"S": value["text"]}, "number": {"N": str(value["number"])}}}


def item_of(value: dict) -> dict:
    return {name: attribute(name, member) for name, member in value.items()}


def as_found(value: dict) -> dict:
    """A decimal's zeros at the end, which DynamoDB drops."""
    price = value.get("price")
    return value if price is None else value | {"price": number(price)}


class Sdk(unittest.TestCase):
    server: dynamodb_local.Server | None = None
    reason = ""

    @classmethod
    def setUpClass(cls) -> None:
        try:
            cls.server = cls.enterClassContext(dynamodb_local.Server())
        except dynamodb_local.CannotBeHad as reason:
            cls.reason = str(reason)
            return
        environment = cls.server.environment
        cls.client = botocore.session.get_session().create_client(
            "dynamodb", region_name=environment["AWS_REGION"], endpoint_url=cls.server.url,
            aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"])

    def setUp(self) -> None:
        if self.server is None:
            self.skipTest(self.reason)
        self.tool = Tool("dynamodb", self.server.environment)
        self.addCleanup(self.tool.close)
        self.table = self.tool.place + "Thing"

    def get_item(self, key: dict) -> dict:
        names = {"id": {"S": key["id"]}, "part": {"N": str(key["part"])}}
        answer = self.client.get_item(TableName=self.table, Key=names, ConsistentRead=True)
        return answer["Item"]

    def test_the_store_writes_what_the_sdk_reads(self) -> None:
        for value in VARIETY:
            self.assertEqual(self.tool.put(value), "OK")
            item = self.get_item(value)
            self.assertRegex(item["kh#version"]["N"], "^[1-9][0-9]*$")
            members = {name: member for name, member in item.items() if MADE not in name}
            self.assertEqual(members, item_of(value))

    def test_the_store_reads_what_the_sdk_writes(self) -> None:
        for value in VARIETY:
            self.client.put_item(TableName=self.table, Item=item_of(value))
            self.assertEqual(self.tool.get(value), as_found(value))
        self.assertEqual(len(self.tool.dump()), len(VARIETY))

    def test_rows_of_the_sdk_can_be_changed(self) -> None:
        for value in VARIETY:
            self.client.put_item(TableName=self.table, Item=item_of(value))
            changed = thing(value["part"], id=value["id"], note="changed")
            self.assertEqual(self.tool.put(changed), "OK")
            self.assertEqual(self.tool.get(value), changed)
            self.assertEqual(self.get_item(value)["note"], {"S": "changed"})

    def test_other_spellings_of_numbers_are_understood(self) -> None:
        spellings = {"big": "1.5E+1", "unsignedBig": "+7.000", "ratio": "25e-2", "price": "0012.50"}
        item = item_of(thing(1)) | {name: {"N": text} for name, text in spellings.items()}
        self.client.put_item(TableName=self.table, Item=item)
        self.assertEqual(self.tool.get(thing(1)),
                         thing(1, big=15, unsignedBig=7, ratio=0.25, price="12.5"))


if __name__ == "__main__":
    unittest.main()
