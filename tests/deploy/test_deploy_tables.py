"""The template's tables are those that `kinesis-handler tables create` makes, on DynamoDB Local."""

import json
import os
import subprocess
import unittest

import botocore.session

from deployments import REFERENCE, resources, template

import dynamodb_local

PROGRAM = os.environ["KH_PROGRAM"]
PREFIX = "user-limits-dev-"
# What both say of a table; the rest is the server's.
SAID = ("TableName", "KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes")


def plain(table: dict) -> dict:
    """In an order that does not matter, without what the server adds."""
    made = {name: table[name] for name in SAID if name in table}
    made["AttributeDefinitions"] = sorted(
        made["AttributeDefinitions"], key=lambda attribute: attribute["AttributeName"])
    if "GlobalSecondaryIndexes" in made:
        made["GlobalSecondaryIndexes"] = [
            {name: index[name] for name in ("IndexName", "KeySchema", "Projection")}
            for index in sorted(made["GlobalSecondaryIndexes"], key=lambda index: index["IndexName"])]
    return made


class Tables(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.reason = ""
        try:
            cls.server = cls.enterClassContext(dynamodb_local.Server())
        except dynamodb_local.CannotBeHad as reason:
            cls.reason = str(reason)

    def setUp(self) -> None:
        if self.reason:
            self.skipTest(self.reason)
        self.sdk = botocore.session.get_session().create_client(
            "dynamodb", region_name="eu-west-1", endpoint_url=self.server.url,
            aws_access_key_id="a", aws_secret_access_key="b")
        self.addCleanup(self.delete_all)
        text = json.dumps(resources(template("user-limits"), "AWS::DynamoDB::Table"))
        self.wanted = list(json.loads(REFERENCE.sub(
            lambda found: "dev" if found[1] == "Stage" else found[0], text)).values())

    def delete_all(self) -> None:
        for name in self.sdk.list_tables()["TableNames"]:
            self.sdk.delete_table(TableName=name)

    def tables(self, action: str) -> list[dict]:
        done = subprocess.run(
            [PROGRAM, "tables", action, "--json"], capture_output=True, text=True, timeout=120,
            env={"PATH": os.environ["PATH"], "DB": "dynamodb", "LOG_LEVEL": "off",
                 "DYNAMODB_TABLE_PREFIX": PREFIX, **self.server.environment})
        self.assertEqual(0, done.returncode, done.stderr)
        return json.loads(done.stdout)

    def test_the_programs_tables_are_as_the_template_has_them(self) -> None:
        self.tables("create")
        self.assertEqual([table["TableName"] for table in self.wanted],
                         self.sdk.list_tables()["TableNames"])
        for wanted in self.wanted:
            name = wanted["TableName"]
            made = self.sdk.describe_table(TableName=name)["Table"]
            self.assertEqual(plain(wanted), plain(made))
            self.assertEqual(wanted["BillingMode"], made["BillingModeSummary"]["BillingMode"])
            expiry = self.sdk.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
            self.assertEqual(wanted["TimeToLiveSpecification"]["AttributeName"],
                             expiry["AttributeName"])

    def test_the_program_takes_tables_made_from_the_template(self) -> None:
        for wanted in self.wanted:
            self.sdk.create_table(
                BillingMode=wanted["BillingMode"],
                **{name: wanted[name] for name in SAID if name in wanted})
        self.assertEqual([(table["TableName"], "ACTIVE", "none") for table in self.wanted],
                         [(row["table"], row["status"], row["change"])
                          for row in self.tables("describe")])


if __name__ == "__main__":
    unittest.main()
