"""docs/add-an-event.md to the letter: a newcomer's first change, in a copy of the repository."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/add-an-event.md").read_text()


def block(language: str, containing: str) -> str:
    """A code block of the page, without the indentation of its list."""
    for indent, body in re.findall(rf"^( *)```{language}\n(.*?)^ *```", PAGE, re.M | re.S):
        if containing in body:
            return re.sub(rf"^{indent}", "", body, flags=re.M)
    raise AssertionError(f"no {language} block with {containing}")


def event(kind: str, number: int, data: dict) -> str:
    return json.dumps({
        "aggregateId": "limit-user-1", "createdAt": 1795434900125, "data": data,
        "eventId": f"e-{number}", "sequenceNumber": number, "source": "limits", "type": kind,
    })


CREATED = {
    "activeFrom": 1795434900125, "brandId": "b", "currencyCode": "EUR", "period": "DAY",
    "status": "ACTIVE", "type": "BET", "userId": "user-1", "userLimitId": "limit-1", "value": "20",
}


class AddAnEvent(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.copy = self.folder / "copy"
        shutil.copytree(ROOT, self.copy, ignore=shutil.ignore_patterns("build", ".git"))

    def run_(self, command: str, succeeds: bool = True) -> str:
        result = subprocess.run(["bash", "-c", command], cwd=self.copy, capture_output=True,
                                text=True, env=os.environ | {"DEAD_LETTER": ""})
        if succeeds:
            self.assertEqual(0, result.returncode, f"{command}\n{result.stdout}{result.stderr}")
        else:
            self.assertNotEqual(0, result.returncode, command)
        return result.stdout + result.stderr

    def test_following_the_page_gives_a_working_event(self) -> None:
        self.run_(block("sh", "new event").strip())
        handler = self.copy / "src/handlers/on_user_limit_canceled.c"
        self.assertTrue(handler.exists())
        schema = self.copy / "schema/events/user_limit_canceled.schema.json"
        schema.write_text(block("json", "USER_LIMIT_CANCELED"))
        self.run_(block("sh", "./dev build").strip())
        handler.write_text(block("c", "on_user_limit_canceled"))
        self.run_("./dev build")

        (self.copy / "my-events.ndjson").write_text(
            event("USER_LIMIT_CREATED", 1, CREATED) + "\n"
            + event("USER_LIMIT_CANCELED", 2, {"userLimitId": "limit-1"}) + "\n"
        )
        dump = self.run_(block("sh", "my-events.ndjson").strip() + " 2>/dev/null")
        self.assertEqual("CANCELED", json.loads(dump)["status"])
        self.run_("ctest --test-dir build/dev --output-on-failure -R test_generated_user_limit_canceled")

    def test_a_missing_handler_is_a_link_error_that_names_it(self) -> None:
        schema = self.copy / "schema/events/user_limit_canceled.schema.json"
        schema.write_text(block("json", "USER_LIMIT_CANCELED"))
        self.assertIn("on_user_limit_canceled", self.run_("./dev build", succeeds=False))

    def test_a_schema_with_a_mistake_stops_the_build_at_its_line(self) -> None:
        schema = self.copy / "schema/events/user_limit_canceled.schema.json"
        text = block("json", "USER_LIMIT_CANCELED").replace('"maxLength"', '"maxLenght"')
        schema.write_text(text)
        line = 1 + text[: text.index("maxLenght")].count("\n")
        output = self.run_("./dev build", succeeds=False)
        self.assertRegex(output, rf"user_limit_canceled\.schema\.json:{line}: .*maxLenght")


if __name__ == "__main__":
    unittest.main()
