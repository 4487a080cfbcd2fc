"""`kinesis-handler tables` and the sample service, on DynamoDB Local."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import botocore.session

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "stack"))

import dynamodb_local  # noqa: E402

PROGRAM = os.environ["KH_PROGRAM"]
EVENTS = str(ROOT / "samples/events.ndjson")


class Tables(unittest.TestCase):
    server: dynamodb_local.Server | None = None
    reason = ""
    count = 0

    @classmethod
    def setUpClass(cls) -> None:
        try:
            cls.server = cls.enterClassContext(dynamodb_local.Server())
        except dynamodb_local.CannotBeHad as reason:
            cls.reason = str(reason)

    def setUp(self) -> None:
        if self.server is None:
            self.skipTest(self.reason)
        Tables.count += 1
        self.prefix = f"t{self.count}-"
        self.environment = {"PATH": os.environ["PATH"], "DB": "dynamodb", "LOG_LEVEL": "off",
                            "DYNAMODB_TABLE_PREFIX": self.prefix, **self.server.environment}
        self.sdk = botocore.session.get_session().create_client(
            "dynamodb", region_name="eu-west-1", endpoint_url=self.server.url,
            aws_access_key_id="a", aws_secret_access_key="b")

    def call(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run([PROGRAM, *arguments], env=self.environment, capture_output=True,
                              text=True, timeout=120)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def tables(self, action: str, *options: str, code: int = 0) -> list[tuple[str, str, str]]:
        rows = json.loads(self.call("tables", action, "--json", *options, code=code).stdout)
        return [(row["table"].removeprefix(self.prefix), row["status"], row["change"])
                for row in rows]

    def test_they_are_made_once(self) -> None:
        self.assertEqual(self.tables("describe", code=1),
                         [("UserLimit", "MISSING", "none"), ("kh-checkpoints", "MISSING", "none"),
                          ("kh-marks", "MISSING", "none")])
        self.assertEqual(self.tables("create"),
                         [("UserLimit", "ACTIVE", "created"), ("kh-checkpoints", "ACTIVE", "created"),
                          ("kh-marks", "ACTIVE", "created")])
        self.assertEqual(self.tables("create"),
                         [("UserLimit", "ACTIVE", "none"), ("kh-checkpoints", "ACTIVE", "none"),
                          ("kh-marks", "ACTIVE", "none")])
        self.assertEqual(self.tables("describe"),
                         [("UserLimit", "ACTIVE", "none"), ("kh-checkpoints", "ACTIVE", "none"),
                          ("kh-marks", "ACTIVE", "none")])

    def test_they_are_what_the_schemas_say(self) -> None:
        self.tables("create")
        name = f"{self.prefix}UserLimit"
        table = self.sdk.describe_table(TableName=name)["Table"]
        self.assertEqual(table["BillingModeSummary"]["BillingMode"], "PAY_PER_REQUEST")
        self.assertEqual(table["KeySchema"], [{"AttributeName": "userLimitId", "KeyType": "HASH"}])
        [index] = table["GlobalSecondaryIndexes"]
        self.assertEqual(index["IndexName"], "by_user")
        self.assertEqual(index["KeySchema"], [{"AttributeName": "userId", "KeyType": "HASH"},
                                              {"AttributeName": "userLimitId", "KeyType": "RANGE"}])
        self.assertEqual(index["Projection"], {"ProjectionType": "KEYS_ONLY"})
        for each in (name, f"{self.prefix}kh-marks"):
            expiry = self.sdk.describe_time_to_live(TableName=each)["TimeToLiveDescription"]
            self.assertEqual(expiry, {"TimeToLiveStatus": "ENABLED", "AttributeName": "kh#expires"})

    def test_they_are_deleted_only_when_that_is_said(self) -> None:
        self.tables("create")
        done = self.call("tables", "delete", code=1)
        self.assertIn("nothing was deleted", done.stderr)
        self.assertEqual([status for _, status, _ in self.tables("describe")], ["ACTIVE"] * 3)
        self.assertEqual(self.tables("delete", "--yes"),
                         [("UserLimit", "MISSING", "deleted"), ("kh-checkpoints", "MISSING", "deleted"),
                          ("kh-marks", "MISSING", "deleted")])
        self.assertEqual(self.tables("delete", "--yes"),
                         [("UserLimit", "MISSING", "none"), ("kh-checkpoints", "MISSING", "none"),
                          ("kh-marks", "MISSING", "none")])

    def test_tables_of_others_are_refused(self) -> None:
        def make(**more: object) -> None:
            self.sdk.create_table(TableName=f"{self.prefix}UserLimit",
                                  BillingMode="PAY_PER_REQUEST", **more)

        make(AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
             KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])
        self.assertIn("its key is not that of the schema",
                      self.call("tables", "create", code=1).stderr)
        self.sdk.delete_table(TableName=f"{self.prefix}UserLimit")
        make(AttributeDefinitions=[{"AttributeName": "userLimitId", "AttributeType": "S"}],
             KeySchema=[{"AttributeName": "userLimitId", "KeyType": "HASH"}])
        self.assertIn("lacks an index", self.call("tables", "create", code=1).stderr)

    def test_a_service_without_tables_says_how_to_make_them(self) -> None:
        self.assertIn("tables create", self.call("run", EVENTS, code=1).stderr)

    def test_the_sample_ends_as_in_memory(self) -> None:
        def rows(text: str) -> list[dict]:
            """Decimals by value: DynamoDB drops zeros at the end."""
            return [{name: float(value) if name in ("value", "progress", "previousLimitValue")
                     else value for name, value in json.loads(line).items()}
                    for line in text.splitlines()]

        self.tables("create")
        folder = self.enterContext(tempfile.TemporaryDirectory())
        nowhere = ("--dead-letters", f"{folder}/dead-letters")
        here = self.call("run", EVENTS, "--dump", *nowhere).stdout
        again = json.loads(self.call("run", EVENTS, "--json", *nowhere).stdout)
        self.environment["DB"] = "inMemory"
        in_memory = self.call("run", EVENTS, "--dump", *nowhere).stdout
        self.assertEqual(rows(here), rows(in_memory))
        self.assertTrue(rows(here))
        self.assertEqual(again["done"], 0)
        self.assertEqual(again["duplicate"], 85)


if __name__ == "__main__":
    unittest.main()
