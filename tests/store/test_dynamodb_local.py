"""The server that the tests of the DynamoDB store lean on: it comes, it is DynamoDB, and it goes."""

import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

import botocore.session

HARNESS = pathlib.Path(__file__).resolve().parents[2] / "stack/dynamodb_local.py"
sys.path.insert(0, str(HARNESS.parent))

import dynamodb_local  # noqa: E402

PATIENCE = 60.0


def is_alive(pid: int) -> bool:
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def processes_with(text: str) -> list[int]:
    """Whose command line holds it."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if text.encode() in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except OSError:
            pass
    return found


def wait_until(condition) -> bool:
    end = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


class LocalServer(unittest.TestCase):
    def setUp(self) -> None:
        try:
            dynamodb_local.find_java()
            dynamodb_local.find_libraries()
        except dynamodb_local.CannotBeHad as reason:
            self.skipTest(str(reason))

    def test_aws_sdk_puts_and_gets_an_item(self) -> None:
        item = {"id": {"S": "a\0b"}, "n": {"N": "9" * 38}, "b": {"B": b"\0\xff"},
                "l": {"L": [{"NULL": True}, {"BOOL": False}, {"M": {"m": {"S": ""}}}]}}
        with dynamodb_local.Server() as server:
            client = botocore.session.get_session().create_client(
                "dynamodb", region_name="eu-west-1", endpoint_url=server.url,
                aws_access_key_id="MADEUP", aws_secret_access_key="madeup")
            client.create_table(
                TableName="things", BillingMode="PAY_PER_REQUEST",
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
            client.put_item(TableName="things", Item=item)
            answer = client.get_item(TableName="things", Key={"id": item["id"]},
                                     ConsistentRead=True)
        self.assertEqual(answer["Item"], item)
        self.assertFalse(is_alive(server.process.pid))

    def harness(self, *command: str) -> subprocess.Popen:
        process = subprocess.Popen([sys.executable, HARNESS, *command], text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def test_a_command_is_given_the_server_and_ends_as_it_does(self) -> None:
        script = "echo $AWS_ENDPOINT_URL_DYNAMODB $AWS_ACCESS_KEY_ID; exit 3"
        process = self.harness("sh", "-c", script)
        output, _ = process.communicate(timeout=PATIENCE)
        self.assertRegex(output, r"^http://127\.0\.0\.1:\d+ [A-Z]+\n$")
        self.assertEqual(process.returncode, 3)
        process = self.harness("sh", "-c", "kill -KILL $$")
        process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 128 + signal.SIGKILL)

    def test_server_and_command_end_with_the_harness_however_it_ends(self) -> None:
        for how in (signal.SIGTERM, signal.SIGKILL):
            process = self.harness("sh", "-c", "echo $AWS_ENDPOINT_URL_DYNAMODB; echo $$; cat")
            port = process.stdout.readline().strip().rpartition(":")[2]
            command = int(process.stdout.readline())
            servers = processes_with(f"\0-port\0{port}\0")
            self.assertEqual(len(servers), 1)
            os.kill(process.pid, how)
            process.wait(PATIENCE)
            self.assertTrue(wait_until(lambda: not is_alive(servers[0]) and not is_alive(command)))

    def test_what_is_missing_is_told_and_skipped(self) -> None:
        environment = {"PATH": "/nowhere", "JAVA_HOME": "/nowhere"}
        script = ("import dynamodb_local as d, pathlib, sys\n"
                  "d.CACHE = pathlib.Path(sys.argv[1])\n"
                  "sys.exit(d.main(['true']))")
        folder = self.enterContext(dynamodb_local.tempfile.TemporaryDirectory())
        result = subprocess.run([sys.executable, "-c", script, folder], env=environment,
                                cwd=HARNESS.parent, capture_output=True, text=True)
        self.assertEqual(result.returncode, dynamodb_local.SKIPPED)
        self.assertRegex(result.stderr, "^SKIPPED: DynamoDB Local cannot be had: there is no ")


if __name__ == "__main__":
    unittest.main()
