"""Calls to a fake AWS that verifies signatures: answers, repetitions, clocks, and credentials from everywhere.

The caller is $KH_AWS_CALL, a small program around src/aws/client.c whose pauses take no time.
"""

import json
import os
import pathlib
import re
import ssl
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "https"))

from fake_aws import FakeAws, Keys, Step, error
from tls_server import Authority

CALLER = os.environ["KH_AWS_CALL"]
KEPT = ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "PATH")
CANARY = "CANARY/SECRET+0123456789abcdefghijklmnop"
TOKEN_CANARY = "CANARY-TOKEN/+=="
THROTTLED = error("ProvisionedThroughputExceededException", message="slow down")


def keys(key_id: str = "AKIDFAKE") -> Keys:
    return Keys(key_id, CANARY, TOKEN_CANARY)


class Result:
    def __init__(self, process: subprocess.CompletedProcess) -> None:
        self.code, self.stderr = process.returncode, process.stderr
        lines = [json.loads(line) for line in process.stdout.splitlines()]
        self.sleeps = lines.pop()["sleeps"] if lines else []
        self.answers = lines
        self.answer = lines[0] if lines else {}


class AwsCase(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def fake(self, *all_keys: Keys, **options: object) -> FakeAws:
        return self.enterContext(FakeAws(*(all_keys or (keys(),)), **options))

    def call(self, environment: dict, *arguments: str) -> Result:
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        process = subprocess.run([CALLER, *arguments], text=True, capture_output=True, timeout=120,
                                 env=kept | {"HOME": str(self.folder)} | environment)
        for output in (process.stdout, process.stderr):
            self.assertNotIn("CANARY", output, "a credential was told")
        return Result(process)

    def environment(self, fake: FakeAws, **more: str) -> dict:
        return {"AWS_ACCESS_KEY_ID": "AKIDFAKE", "AWS_SECRET_ACCESS_KEY": CANARY,
                "AWS_SESSION_TOKEN": TOKEN_CANARY, "AWS_REGION": "eu-west-1",
                "AWS_ENDPOINT_URL": fake.url} | more

    def call_with_keys(self, fake: FakeAws, *arguments: str, **more: str) -> Result:
        result = self.call(self.environment(fake, **more), *arguments)
        self.assertEqual((result.code, fake.faults), (0, []), result.stderr)
        return result

    def check(self, result: Result, status: str, attempts: int, **expected: object) -> None:
        found = {name: result.answer[name] for name in expected}
        self.assertEqual((result.answer["status"], result.answer["attempts"], found),
                         (status, attempts, expected), result.answer)


class Answers(AwsCase):
    def test_a_signed_call_is_answered(self) -> None:
        fake = self.fake()
        fake.script = [Step(b'{"Item":{"pk":{"S":"\xc3\xa4"}}}')]
        result = self.call_with_keys(fake, 'body={"TableName":"t"}')
        self.check(result, "OK", 1, code=200, body='{"Item":{"pk":{"S":"ä"}}}', errorType="",
                   maybeApplied=0, reason="")
        [request] = fake.requests
        self.assertEqual(request.body, b'{"TableName":"t"}')
        self.assertEqual(request["X-Amz-Target"], "DynamoDB_20120810.GetItem")
        self.assertEqual(request["Content-Type"], "application/x-amz-json-1.0")
        self.assertEqual(request["amz-sdk-request"], "attempt=1; max=3")
        self.assertRegex(request["amz-sdk-invocation-id"],
                         "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
        self.assertIn("/eu-west-1/dynamodb/aws4_request", request["Authorization"])

    def test_keys_without_a_session_are_good_too(self) -> None:
        fake = self.fake(Keys("AKIDFAKE", CANARY))
        result = self.call_with_keys(fake, AWS_SESSION_TOKEN="")
        self.check(result, "OK", 1)

    def test_a_large_body_goes_both_ways_in_one_piece(self) -> None:
        fake = self.fake()
        fake.script = [Step(b'"' + b"x" * 3_000_000 + b'"')]
        result = self.call_with_keys(fake, "body=" + "y" * 100_000)
        self.assertEqual(len(result.answer["body"]), 3_000_002)
        self.assertEqual(len(fake.requests[0].body), 100_000)

    def test_an_error_is_told_apart_and_not_repeated(self) -> None:
        for name in ("ConditionalCheckFailedException", "TransactionCanceledException",
                     "ValidationException", "ResourceNotFoundException", "AccessDeniedException"):
            with self.subTest(name):
                fake = self.fake()
                fake.script = [error(name, message="value 123", Item={"pk": {"S": "a"}})]
                result = self.call_with_keys(fake)
                self.check(result, "STORE", 1, code=400, errorType=name, maybeApplied=0)
                self.assertEqual(json.loads(result.answer["body"])["Item"], {"pk": {"S": "a"}})
                self.assertIn(f"dynamodb GetItem: {name}", result.answer["reason"])
                # Values of the request may be in what validation says.
                self.assertEqual("value 123" in result.answer["reason"],
                                 name in ("ResourceNotFoundException", "AccessDeniedException"))

    def test_the_type_may_stand_in_a_header_or_be_no_type_at_all(self) -> None:
        for body, headers, expected in (
                (b"{}", {"x-amzn-ErrorType": "ResourceInUseException:http://x/#y"},
                 "ResourceInUseException"),
                (b'{"__type":"Plain","Message":"m"}', {}, "Plain"),
                (b'{"__type":"ns#Name:http://internal/"}', {}, "Name"),
                (b'{"__type":"a b\\u0000"}', {}, ""), (b'{"__type":5}', {}, ""),
                (b"<html>", {}, ""), (b"", {}, ""), (b'{"__type":"Broken"', {}, "Broken")):
            with self.subTest(body=body, headers=headers):
                fake = self.fake()
                fake.script = [Step(body, 400, headers)]
                self.check(self.call_with_keys(fake), "STORE", 1, code=400, errorType=expected)

    def test_the_message_of_a_refused_signature_is_told_to_nobody(self) -> None:
        fake = self.fake(Keys("AKIDFAKE", "ANOTHER" + CANARY, TOKEN_CANARY))
        result = self.call(self.environment(fake), "log=trace", "show=0")
        self.check(result, "STORE", 1, errorType="InvalidSignatureException")
        self.assertEqual(len(fake.faults), 1)

    def test_an_answer_that_is_too_long_is_refused_once(self) -> None:
        fake = self.fake()
        fake.script = [Step(b"x" * 1001), Step(b"y" * 1000)]
        result = self.call_with_keys(fake, "limit=1000", "calls=2")
        self.check(result, "STORE", 1, errorType="", maybeApplied=1)
        self.assertIn("more than 1000 bytes", result.answer["reason"])
        self.assertEqual(result.answers[1]["body"], "y" * 1000)


class Repetitions(AwsCase):
    def test_throttled_calls_are_repeated_after_a_pause(self) -> None:
        fake = self.fake()
        fake.script = [THROTTLED, THROTTLED]
        result = self.call_with_keys(fake)
        self.check(result, "OK", 3, maybeApplied=0)
        self.assertEqual(result.sleeps, [500, 1000])
        self.assertEqual([request["amz-sdk-request"] for request in fake.requests],
                         [f"attempt={n}; max=3" for n in (1, 2, 3)])
        self.assertEqual(len({request["amz-sdk-invocation-id"] for request in fake.requests}), 1)
        self.assertEqual(fake.connections, 1)

    def test_a_service_that_stays_slow_is_given_up(self) -> None:
        fake = self.fake()
        fake.script = [THROTTLED] * 9
        self.check(self.call_with_keys(fake), "THROTTLED", 3, code=400, maybeApplied=0,
                   errorType="ProvisionedThroughputExceededException")
        self.assertEqual(len(fake.requests), 3)

    def test_the_number_of_attempts_is_a_setting(self) -> None:
        for attempts in (1, 2, 5):
            with self.subTest(attempts):
                fake = self.fake()
                fake.script = [error("InternalServerError", 500)] * 9
                result = self.call_with_keys(fake, AWS_MAX_ATTEMPTS=str(attempts))
                self.check(result, "STORE", attempts, code=500, maybeApplied=1)

    def test_a_number_of_attempts_that_is_none_is_refused(self) -> None:
        for text in ("0", "-1", "x", "3x", "101", "99999999999999999999", " 3"):
            with self.subTest(text):
                result = self.call({"AWS_REGION": "eu-west-1", "AWS_MAX_ATTEMPTS": text})
                self.assertEqual(result.code, 1)
                self.assertIn("BAD_SETTING: AWS_MAX_ATTEMPTS", result.stderr)

    def test_faults_of_server_and_connection_are_passing(self) -> None:
        for fault, applied in ((error("InternalServerError", 500), 1), (Step(code=503), 1),
                               (Step(b"<html>", code=502), 1), (Step(fault="reset"), 1),
                               (Step(fault="close"), 1), (Step(fault="crc"), 1),
                               (Step(fault="cut", cut=30), 1),
                               (error("TransactionConflictException"), 0),
                               (error("ReplicatedWriteConflictException", 409), 0)):
            with self.subTest(fault=fault.fault or fault.body):
                fake = self.fake()
                fake.script = [fault]
                result = self.call_with_keys(fake)
                self.check(result, "OK", 2, maybeApplied=applied)
                self.assertEqual(result.sleeps, [500])

    def test_a_silent_server_is_a_timeout_and_asked_again(self) -> None:
        fake = self.fake()
        fake.script = [Step(fault="stall")]
        self.check(self.call_with_keys(fake, "timeout=2000"), "OK", 2, maybeApplied=1)
        fake.script = [Step(fault="stall")] * 3
        self.check(self.call_with_keys(fake, "timeout=300"), "TIMEOUT", 3, maybeApplied=1)

    def test_a_server_that_stalls_anywhere_holds_up_nobody_for_longer_than_said(self) -> None:
        fake = self.fake()
        fake.script = [Step(b'{"Item":{}}', fault="stall", cut=cut) for cut in range(0, 150, 15)]
        result = self.call_with_keys(fake, "attempts=1", f"calls={len(fake.script)}",
                                     "timeout=200")
        self.assertEqual({(answer["status"], answer["maybeApplied"]) for answer in result.answers},
                         {("TIMEOUT", 1)})

    def test_an_answer_may_come_a_byte_at_a_time(self) -> None:
        fake = self.fake()
        fake.script = [Step(b'{"Item":{}}', fault="trickle")] * 3
        result = self.call_with_keys(fake, "calls=3")
        self.assertEqual([answer["body"] for answer in result.answers], ['{"Item":{}}'] * 3)

    def test_no_server_at_all_has_applied_nothing(self) -> None:
        with FakeAws(keys()) as gone:
            pass
        result = self.call(self.environment(gone))
        self.check(result, "IO", 3, maybeApplied=0, code=0)

    def test_the_deadline_ends_a_call_before_a_pause_that_is_longer(self) -> None:
        fake = self.fake()
        fake.script = [THROTTLED] * 9
        result = self.call_with_keys(fake, "deadline=6800", "attempts=9", "chance=99")
        self.check(result, "THROTTLED", 3)
        self.assertEqual(result.sleeps, [990, 1980])

    def test_the_deadline_ends_a_call_that_waits_for_an_answer(self) -> None:
        fake = self.fake()
        fake.script = [Step(fault="stall")]
        self.check(self.call_with_keys(fake, "deadline=1000"), "TIMEOUT", 1, maybeApplied=1)

    def test_a_deadline_that_is_over_sends_nothing(self) -> None:
        fake = self.fake()
        self.check(self.call_with_keys(fake, "deadline=-1"), "TIMEOUT", 0, maybeApplied=0)
        self.assertEqual(fake.requests, [])

    def test_the_quota_ends_repetitions_of_all_calls(self) -> None:
        fake = self.fake()
        fake.script = [THROTTLED] * 10_000
        result = self.call_with_keys(fake, "calls=60")
        # 500 tokens pay for 100 repetitions.
        self.assertEqual(len(fake.requests), 160)
        self.assertEqual([answer["attempts"] for answer in result.answers], [3] * 50 + [1] * 10)

    def test_the_figures_of_2026_can_be_chosen(self) -> None:
        fake = self.fake()
        fake.script = [error("InternalServerError", 500)] * 3
        result = self.call_with_keys(fake, AWS_NEW_RETRIES_2026="true")
        self.check(result, "OK", 4)
        self.assertEqual(result.sleeps, [12, 25, 50])
        fake.script = [Step(b"{}", 429, {"x-amz-retry-after": "2500"}),
                       Step(b"{}", 429, {"x-amz-retry-after": "nonsense"})]
        result = self.call_with_keys(fake, "service=kinesis", AWS_NEW_RETRIES_2026="true")
        self.check(result, "OK", 3)
        self.assertEqual(result.sleeps, [2500, 1000])

    def test_the_caller_can_have_an_error_repeated(self) -> None:
        fake = self.fake()
        fake.script = [error("TransactionCanceledException")] * 2
        self.check(self.call_with_keys(fake, "judge=TransactionCanceledException"), "OK", 3)
        fake.script = [error("TransactionCanceledException")] * 3
        self.check(self.call_with_keys(fake, "judge=TransactionCanceledException"), "STORE", 3,
                   errorType="TransactionCanceledException")

    def test_a_kept_connection_that_was_closed_costs_no_attempt(self) -> None:
        for fault in ("close", "reset"):
            with self.subTest(fault):
                fake = self.fake()
                fake.script = [Step(), Step(fault=fault), Step(), Step()]
                result = self.call_with_keys(fake, "calls=3")
                self.assertEqual([answer["status"] for answer in result.answers], ["OK"] * 3)
                self.assertEqual([answer["attempts"] for answer in result.answers], [1] * 3)
                # What became of the first sending of the second call nobody knows.
                self.assertEqual([answer["maybeApplied"] for answer in result.answers], [0, 1, 0])
                self.assertEqual(fake.connections, 2)

    def test_connections_that_die_again_and_again_cost_no_attempt_either(self) -> None:
        fake = self.fake()
        fake.script = [Step(fault="last") for _ in range(40)]
        fake.script[10:30] = [Step(), Step(fault="close")] * 10
        result = self.call_with_keys(fake, "calls=25", "attempts=1")
        self.assertEqual([answer["status"] for answer in result.answers], ["OK"] * 25)

    def test_an_answer_cut_anywhere_is_no_answer(self) -> None:
        fake = self.fake()
        step = Step(b'{"Item":{"pk":{"S":"a"}}}')
        cuts = range(0, 230)
        fake.script = [Step(step.body, fault="cut", cut=cut) for cut in cuts]
        result = self.call_with_keys(fake, "attempts=1", f"calls={len(cuts)}",
                                     "service=kinesis")
        whole = [n for n, answer in enumerate(result.answers) if answer["status"] == "OK"]
        for answer in result.answers:
            if answer["status"] == "OK":
                self.assertEqual(answer["body"], step.body.decode())
            else:
                self.assertEqual((answer["status"], answer["maybeApplied"]), ("IO", 1), answer)
        # The answer is about as long, and once it is whole more bytes do not change it.
        self.assertEqual(whole, list(range(whole[0], len(cuts))) if whole else [])
        self.assertGreater(len(cuts) - len(whole), 150)


class Clocks(AwsCase):
    def test_a_clock_that_is_wrong_is_corrected_and_stays_so(self) -> None:
        for ahead_s in (-3600, 3600, 86400):
            with self.subTest(ahead_s):
                fake = self.fake(ahead_s=ahead_s)
                result = self.call_with_keys(fake, "calls=2")
                self.assertEqual([(answer["status"], answer["attempts"])
                                  for answer in result.answers], [("OK", 2), ("OK", 1)])
                self.assertEqual(result.sleeps, [])
                self.assertIn("the clock is wrong", result.stderr)

    def test_a_clock_that_is_right_is_not_the_reason(self) -> None:
        fake = self.fake()
        fake.script = [error("InvalidSignatureException", 400, "Signature not yet current")]
        self.check(self.call_with_keys(fake), "STORE", 1, errorType="InvalidSignatureException")


class CredentialSources(AwsCase):
    NONE = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_SESSION_TOKEN": ""}

    def elsewhere(self, fake: FakeAws, **more: str) -> dict:
        return self.environment(fake) | self.NONE | {"AWS_EC2_METADATA_DISABLED": "true"} | more

    def write(self, name: str, text: str) -> str:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return str(path)

    def check_from(self, fake: FakeAws, environment: dict, *arguments: str) -> Result:
        result = self.call(environment, "log=trace", *arguments)
        self.assertEqual((result.code, fake.faults), (0, []), result.stderr)
        self.check(result, "OK", 1)
        return result

    def check_none(self, environment: dict, words: str, *arguments: str,
                   status: str = "BAD_SETTING") -> None:
        result = self.call(environment, *arguments)
        self.assertEqual(result.code, 0, result.stderr)
        self.check(result, status, 0)
        self.assertIn(words, result.answer["reason"])

    def test_none_anywhere_says_where_they_were_looked_for(self) -> None:
        fake = self.fake()
        self.check_none(self.elsewhere(fake), "no credentials: AWS_ACCESS_KEY_ID is not set")
        self.assertEqual(fake.requests, [])

    def test_half_of_the_environment_is_none(self) -> None:
        fake = self.fake()
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            self.check_none(self.environment(fake) | {name: ""}, "one is set and the other is not")

    def test_bytes_that_no_header_may_have_are_refused(self) -> None:
        fake = self.fake()
        for value in ("TOKEN\r\nX-Evil: 1", "a b", "tök"):
            self.check_none(self.environment(fake, AWS_SESSION_TOKEN=value), "bytes in them")
        self.assertEqual(fake.requests, [])

    def test_the_old_name_of_the_token_is_known(self) -> None:
        fake = self.fake()
        self.check_from(fake, self.environment(fake, AWS_SESSION_TOKEN="",
                                               AWS_SECURITY_TOKEN=TOKEN_CANARY))

    def test_the_home_directory_has_a_profile(self) -> None:
        fake = self.fake()
        text = (f"[default]\naws_access_key_id=AKIDFAKE\naws_secret_access_key = {CANARY}\n"
                f"aws_session_token={TOKEN_CANARY}\n")
        self.write(".aws/credentials", text)
        self.check_from(fake, self.elsewhere(fake))

    def test_another_profile_and_other_files_can_be_chosen(self) -> None:
        fake = self.fake()
        config = self.write("config", f"""
[profile other]
region = us-east-2
endpoint_url = {fake.url}
aws_access_key_id = AKIDFAKE
aws_secret_access_key = {CANARY}
aws_session_token = {TOKEN_CANARY}
s3 =
  region = wrong
""")
        self.check_from(fake, self.elsewhere(fake, AWS_PROFILE="other", AWS_CONFIG_FILE=config,
                                             AWS_REGION="", AWS_ENDPOINT_URL=""))
        self.assertIn("/us-east-2/", fake.requests[0]["Authorization"])

    def test_profiles_that_help_nobody_are_told(self) -> None:
        fake = self.fake()
        path = self.write("config", "[profile p]\ncredential_process = /bin/keys\n"
                                    "[profile half]\naws_access_key_id = AKIDFAKE\n")
        for profile, words in (("p", "credential_process is a way to credentials that is not"),
                               ("half", "it has only one of"), ("none", "there is no profile")):
            self.check_none(self.elsewhere(fake, AWS_PROFILE=profile, AWS_CONFIG_FILE=path), words)

    def test_the_container_endpoint_is_asked(self) -> None:
        fake = self.fake()
        fake.serve_container("/v2/credentials/id?a=b", keys())
        token = self.write("token", "Basic abc==\n")
        for more in ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": fake.url + "/v2/credentials/id?a=b"},
                     {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/id?a=b",
                      "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/"}):
            self.check_from(fake, self.elsewhere(fake, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=token,
                                                 AWS_CONTAINER_AUTHORIZATION_TOKEN="other",
                                                 **more), f"container={fake.url}")
            self.assertEqual(fake.asked[-1]["Authorization"], "Basic abc==")
            self.assertEqual(fake.asked[-1]["Accept"], "application/json")

    def test_a_container_endpoint_elsewhere_is_not_asked(self) -> None:
        fake = self.fake()
        for url in ("http://example.com/", "http://169.254.169.254/", "http://127.0.0.1@evil/",
                    "ftp://127.0.0.1/", "http://127.1/"):
            self.check_none(self.elsewhere(fake, AWS_CONTAINER_CREDENTIALS_FULL_URI=url),
                            "AWS_CONTAINER_CREDENTIALS_FULL_URI")
        for path in ("@evil.com/", ".evil.com/", "x", ":80/"):
            self.check_none(self.elsewhere(fake, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=path),
                            "has to begin with /")

    def test_line_breaks_in_a_token_are_refused(self) -> None:
        fake = self.fake()
        path = self.write("token", "a\r\nX-Evil: 1\n")
        for more in ({"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": path},
                     {"AWS_CONTAINER_AUTHORIZATION_TOKEN": "a\nb"}):
            self.check_none(self.elsewhere(fake, **more, AWS_CONTAINER_CREDENTIALS_FULL_URI=fake.url),
                            "a line break")
        self.assertEqual(fake.asked, [])

    def test_a_container_endpoint_that_fails_is_asked_three_times(self) -> None:
        fake = self.fake()
        fake.others["GET", "/"] = Step(code=500)
        result = self.call(self.elsewhere(fake, AWS_CONTAINER_CREDENTIALS_FULL_URI=fake.url + "/"))
        self.check(result, "IO", 0)
        self.assertEqual((len(fake.asked), result.sleeps), (3, [1000, 1000]))
        self.assertIn("it answered 500", result.answer["reason"])

    def test_redirects_of_the_container_endpoint_are_not_followed(self) -> None:
        fake = self.fake()
        fake.serve_container("/good", keys())
        fake.others["GET", "/"] = Step(code=302, headers={"Location": fake.url + "/good"})
        self.check_none(self.elsewhere(fake, AWS_CONTAINER_CREDENTIALS_FULL_URI=fake.url + "/"),
                        "it answered 302", status="IO")

    def test_answers_that_are_no_credentials_are_refused(self) -> None:
        fake = self.fake()
        secret = json.dumps(CANARY)
        for body in ("", "[]", "{}", '{"AccessKeyId":"A"}', '{"AccessKeyId":"A","SecretAccessKey":5}',
                     f'{{"AccessKeyId":"A","SecretAccessKey":{secret},"Expiration":"soon"}}',
                     f'{{"AccessKeyId":"A","SecretAccessKey":{secret},"Token":"a\\nb"}}',
                     f'{{"AccessKeyId":"A","SecretAccessKey":{secret}',
                     f'{{"AccessKeyId":"A","AccessKeyId":"A","SecretAccessKey":{secret}}}',
                     f'{{"Code":"Failed","AccessKeyId":"A","SecretAccessKey":{secret}}}'):
            with self.subTest(body):
                fake.others["GET", "/"] = Step(body.encode())
                result = self.call(self.elsewhere(
                    fake, AWS_CONTAINER_CREDENTIALS_FULL_URI=fake.url + "/"))
                self.assertIn(result.answer["status"], ("IO", "BAD_SETTING"))
        self.assertEqual(fake.requests, [])

    def instance(self, fake: FakeAws, **more: str) -> dict:
        return self.elsewhere(fake, AWS_EC2_METADATA_DISABLED="",
                              AWS_EC2_METADATA_SERVICE_ENDPOINT=fake.url, **more)

    def test_an_instance_tells_its_credentials(self) -> None:
        fake = self.fake()
        fake.serve_metadata(keys())
        self.check_from(fake, self.instance(fake))
        self.assertEqual([request.method for request in fake.asked], ["PUT", "GET", "GET"])
        self.assertEqual(fake.asked[0]["Content-Length"] or "0", "0")

    def test_the_first_version_of_metadata_is_not_used(self) -> None:
        for code in (403, 404, 405):
            fake = self.fake()
            fake.serve_metadata(keys())
            fake.others["PUT", "/latest/api/token"] = Step(code=code)
            self.check_none(self.instance(fake), "version 1 is not used", status="IO")
            self.assertEqual(len(fake.asked), 1)

    def test_an_instance_without_a_role_has_none(self) -> None:
        fake = self.fake()
        fake.serve_metadata(keys())
        del fake.others["GET", "/latest/meta-data/iam/security-credentials/"]
        self.check_none(self.instance(fake), "this instance has no role")

    def test_the_name_of_a_role_leads_nowhere_else(self) -> None:
        for role in ("../../x", "a/b", "a?b", "a b", ""):
            fake = self.fake()
            fake.serve_metadata(keys(), role=role)
            self.check_none(self.instance(fake), "a role that is none", status="IO")
            self.assertEqual(len(fake.asked), 2)

    def test_metadata_elsewhere_is_not_asked(self) -> None:
        fake = self.fake()
        for url in ("http://example.com", "http://10.0.0.1", "http://127.0.0.1.example.com",
                    fake.url + "/path"):
            environment = self.instance(fake) | {"AWS_EC2_METADATA_SERVICE_ENDPOINT": url}
            self.check_none(environment, "AWS_EC2_METADATA_SERVICE_ENDPOINT")

    def test_expired_credentials_of_an_instance_go_on_being_used(self) -> None:
        fake = self.fake()
        fake.serve_metadata(keys(), lifetime_s=-60)
        result = self.call(self.instance(fake), "calls=3")
        self.assertEqual([answer["status"] for answer in result.answers], ["OK"] * 3)
        self.assertEqual(len(fake.asked), 3)

    def test_expired_credentials_of_a_container_are_not(self) -> None:
        fake = self.fake()
        fake.serve_container("/", keys(), lifetime_s=-60)
        self.check_none(self.elsewhere(fake, AWS_CONTAINER_CREDENTIALS_FULL_URI=fake.url + "/"),
                        "have expired")

    def test_credentials_are_fetched_once_for_many_calls(self) -> None:
        fake = self.fake()
        fake.serve_container("/", keys())
        environment = self.elsewhere(fake, AWS_CONTAINER_CREDENTIALS_FULL_URI=fake.url + "/")
        result = self.call(environment, "calls=20")
        self.assertEqual([answer["status"] for answer in result.answers], ["OK"] * 20)
        self.assertEqual(len(fake.asked), 1)

    def test_a_refused_token_is_fetched_anew_and_the_call_made_again(self) -> None:
        old, new = keys("AKIDOLD"), keys("AKIDNEW")
        fake = self.fake(old, new)
        old.expired = True
        given = iter((old, new))
        fake.others["GET", "/"] = lambda _: Step(next(given).document(3600))
        environment = self.elsewhere(fake, AWS_CONTAINER_CREDENTIALS_FULL_URI=fake.url + "/")
        result = self.call(environment, "calls=2", "log=trace")
        self.assertEqual([(answer["status"], answer["attempts"]) for answer in result.answers],
                         [("OK", 2), ("OK", 1)])
        self.assertEqual((result.sleeps, len(fake.asked)), ([], 2))

    def test_a_token_that_stays_refused_is_an_error_after_one_fetch_more(self) -> None:
        old = keys()
        old.expired = True
        fake = self.fake(old)
        fake.serve_container("/", old)
        environment = self.elsewhere(fake, AWS_CONTAINER_CREDENTIALS_FULL_URI=fake.url + "/")
        self.check(self.call(environment, "log=trace", "show=0"), "STORE", 2,
                   errorType="ExpiredTokenException")
        self.assertEqual(len(fake.asked), 2)

    def test_a_failed_refresh_is_no_failure_while_the_old_ones_are_good(self) -> None:
        fake = self.fake()
        for lifetime_s in (14 * 60, 5 * 60):
            with self.subTest(lifetime_s):
                steps = [Step(keys().document(lifetime_s))]
                fake.asked.clear()
                fake.others["GET", "/"] = lambda _: steps.pop() if steps else Step(code=500)
                fake.script = [THROTTLED] * 4
                environment = self.elsewhere(fake,
                                             AWS_CONTAINER_CREDENTIALS_FULL_URI=fake.url + "/")
                # The pause before the last attempt takes the clock past that of the refresh.
                result = self.call(environment, "attempts=5", "chance=99")
                self.check(result, "OK", 5)
                self.assertGreater(len(fake.asked), 1)
                self.assertIn("credentials could not be fetched", result.stderr)


class Tls(AwsCase):
    def setUp(self) -> None:
        super().setUp()
        self.authority = Authority(self.folder, "Test CA")
        certificate = self.authority.certificate("localhost")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.chain, certificate.key)
        self.secure = self.fake(tls=context)

    def test_a_service_is_spoken_to_over_tls(self) -> None:
        self.secure.script = [Step(), Step(fault="close"), THROTTLED]
        result = self.call_with_keys(self.secure, "calls=3",
                                     AWS_CA_BUNDLE=str(self.authority.bundle))
        self.assertEqual([answer["status"] for answer in result.answers], ["OK"] * 3)
        self.assertEqual(self.secure.connections, 2)

    def test_a_service_that_nobody_vouches_for_is_told_nothing(self) -> None:
        other = Authority(self.folder, "Other CA")
        result = self.call_with_keys(self.secure, AWS_CA_BUNDLE=str(other.bundle))
        self.check(result, "IO", 3, maybeApplied=0)
        self.assertIn("certificate is not accepted", result.answer["reason"])
        self.assertEqual(self.secure.requests, [])

    def test_a_container_endpoint_may_be_anywhere_with_tls(self) -> None:
        self.secure.serve_container("/keys", keys())
        environment = self.environment(self.secure) | CredentialSources.NONE
        result = self.call(environment | {"AWS_CA_BUNDLE": str(self.authority.bundle),
                                          "AWS_CONTAINER_CREDENTIALS_FULL_URI":
                                          self.secure.url + "/keys"})
        self.check(result, "OK", 1)


class Endpoints(AwsCase):
    def test_settings_lead_to_the_service(self) -> None:
        fake = self.fake()
        for more in ({"AWS_ENDPOINT_URL_DYNAMODB": fake.url, "AWS_ENDPOINT_URL": "http://[::1]:9"},
                     {"AWS_REGION": "", "AWS_DEFAULT_REGION": "eu-west-1"},
                     {"AWS_ENDPOINT_URL": fake.url + "/"},
                     {"AWS_ENDPOINT_URL": fake.url.replace("127.0.0.1", "localhost")}):
            with self.subTest(more):
                self.check(self.call_with_keys(fake, **more), "OK", 1)

    def test_the_client_is_refused_with_settings_that_are_none(self) -> None:
        good = {"AWS_REGION": "eu-west-1"}
        for more, words in (({"AWS_REGION": ""}, "no region"),
                            ({"AWS_REGION": "eu/west"}, "AWS_REGION is not the name of a region"),
                            ({"AWS_REGION": "x.evil.com#"}, "AWS_REGION is not"),
                            ({"AWS_ENDPOINT_URL": "http://example.com"}, "without https only"),
                            ({"AWS_ENDPOINT_URL": "127.0.0.1:80"}, "AWS_ENDPOINT_URL has to be"),
                            ({"AWS_ENDPOINT_URL_DYNAMODB": "https://a/b"},
                             "AWS_ENDPOINT_URL_DYNAMODB has to be")):
            with self.subTest(more):
                result = self.call(good | more)
                self.assertEqual(result.code, 1)
                self.assertRegex(result.stderr, "^BAD_SETTING: .*" + re.escape(words))

    def test_endpoints_of_the_environment_can_be_ignored(self) -> None:
        result = self.call({"AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL": "nonsense",
                            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, "deadline=-1")
        self.assertEqual(result.code, 0, result.stderr)


if __name__ == "__main__":
    unittest.main()
