"""The executable as a Lambda custom runtime, against a strict scripted Runtime API.

The executable is $KH_BOOTSTRAP, or build/dev/kinesis-handler. After each test: no breach of the
protocol, every line of output is one JSON object, and every process ended by itself or cleanly on
SIGTERM.
"""

import base64
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
from dataclasses import replace
from typing import Any, Callable

import events
from events import batch, failures, hopeless, limit_created, progress_changed, sequence_number
from runtime_api import (ERROR_TYPE, EXTENSION_NEXT, INIT_ERROR, NEXT, PATIENCE, REGISTER, Cut,
                         Invocation, Reply, RuntimeApi, Step)

from tests.record.records import aggregate, user_record

ROOT = pathlib.Path(__file__).resolve().parents[2]
BOOTSTRAP = pathlib.Path(os.environ.get("KH_BOOTSTRAP", ROOT / "build/dev/kinesis-handler"))
SANITIZERS = ("ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS")

LEVELS = {"trace", "debug", "info", "warn", "error", "fatal"}
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
TEXT = "caf\u00e9 \u2615 \u65e5\u672c"
ALL_WELL = failures()
NOT_JSON = b"this is no JSON"


class Program:
    """The executable at work; its output goes to files, so it never blocks on a pipe."""

    def __init__(self, folder: pathlib.Path, arguments: list[str],
                 environment: dict[str, str | bytes]) -> None:
        self.out, self.err = folder / "stdout", folder / "stderr"
        with open(self.out, "wb") as out, open(self.err, "wb") as err:
            self.process = subprocess.Popen(
                [BOOTSTRAP, *arguments], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                stdout=out, stderr=err)

    def output(self) -> str:
        return self.out.read_text("utf-8") + self.err.read_text("utf-8")

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.texts()]

    def texts(self) -> list[str]:
        return [line for line in self.output().split("\n") if line]

    def lines_of(self, event_id: str) -> list[dict[str, Any]]:
        return [line for line in self.lines() if line.get("eventId") == event_id]

    def complaints(self) -> list[dict[str, Any]]:
        """The lines that say that something failed."""
        return [line for line in self.lines()
                if line.get("level", "").lower() in ("error", "fatal") and line["message"]]

    def wait(self, patience: float = PATIENCE) -> int:
        return self.process.wait(patience)

    def ended(self) -> str:
        code = self.process.poll()
        if code is None:
            return ""
        return f"the program ended with {code}: {self.output()[-2000:]!r}"

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)
        stat = pathlib.Path(f"/proc/{self.process.pid}/stat")
        wait_until("the freeze", lambda: stat.read_text().rpartition(")")[2].split()[0] == "T")

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def terminate(self) -> tuple[int, float]:
        """Sends SIGTERM; the exit code and the seconds it took."""
        start = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.wait(5)
        return code, time.monotonic() - start


def wait_until(what: str, condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(0.005)


class LambdaCase(unittest.TestCase):
    """Starts servers and programs, and checks after each test what must always hold."""

    def setUp(self) -> None:
        if not os.access(BOOTSTRAP, os.X_OK):
            self.fail(f"there is no executable {BOOTSTRAP}: build it, or set KH_BOOTSTRAP")

    def serve(self, **options: Any) -> RuntimeApi:
        api = self.enterContext(RuntimeApi(**options))
        self.addCleanup(lambda: self.assertEqual(api.violations, []))
        return api

    def start(self, api: RuntimeApi, **settings: str | bytes) -> Program:
        """Starts the program in an environment like Lambda's and waits for nothing."""
        lambda_environment = {
            "AWS_LAMBDA_RUNTIME_API": api.address,
            "AWS_LAMBDA_FUNCTION_NAME": "limits",
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
            "AWS_LAMBDA_LOG_LEVEL": "DEBUG",
            "AWS_REGION": "eu-west-1",
            "_HANDLER": "limits",
            "TZ": ":UTC",
        }
        program = self.launch([], lambda_environment | settings)
        api.runtime_ended = program.ended
        self.addCleanup(self.check_output, program)
        self.addCleanup(self.end, program)
        return program

    def launch(self, arguments: list[str], settings: dict[str, str | bytes]) -> Program:
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        kept = {name: os.environ[name] for name in SANITIZERS if name in os.environ}
        base = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        program = Program(folder, arguments, base | kept | settings)
        self.addCleanup(self.kill, program)
        return program

    def kill(self, program: Program) -> None:
        program.process.kill()
        program.wait()

    def end(self, program: Program) -> None:
        if program.process.poll() is None:
            program.thaw()
            code, _ = program.terminate()
            self.assertEqual(code, 0, "exit code after SIGTERM")
        self.assertGreaterEqual(program.process.returncode, 0, "it was killed by a signal")

    def check_output(self, program: Program) -> None:
        for line in program.texts():
            value = json.loads(line)
            self.assertIsInstance(value, dict, line)
            if "_aws" in value:
                continue  # an embedded metric has members of its own
            self.assertIn(value["level"].lower(), LEVELS, line)
            self.assertRegex(value["timestamp"], f"^{TIMESTAMP.pattern}$")
            for name in ("message", "service"):
                self.assertIsInstance(value[name], str, line)
                self.assertTrue(value[name], line)

    def ready(self, **settings: str | bytes) -> tuple[RuntimeApi, Program]:
        """A server and a program that waits for its first event."""
        api = self.serve()
        program = self.start(api, **settings)
        api.wait_idle()
        return api, program

    def respond(self, api: RuntimeApi, *invocations: bytes) -> list[Any]:
        """The responses to these events; an error instead of one fails the test."""
        answers = api.run(*[Step(event=event) for event in invocations])
        self.assertEqual([each.kind for each in answers], ["response"] * len(answers),
                         [each.body for each in answers])
        return [each.json() for each in answers]

    def respond_to(self, api: RuntimeApi, step: Step) -> Any:
        [answer] = api.run(step)
        self.assertEqual(answer.kind, "response", answer.body)
        return answer.json()

    def assert_well(self, api: RuntimeApi, step: Step | None = None) -> None:
        self.assertEqual(self.respond_to(api, step or Step()), ALL_WELL)

    def assert_failed(self, program: Program) -> None:
        """It ended with an exit code that says so, and a line that says why."""
        self.assertGreater(program.wait(), 0, "the exit code")
        self.assertTrue(program.complaints(), program.output())

    def settle(self, api: RuntimeApi, program: Program) -> bool:
        """Until all steps are over or the program has ended; whether it still runs."""
        wait_until("an end of it", lambda: program.ended() or (
            api.waiting and not api.steps and api.answered() == len(api.invocations)))
        return not program.ended()


class Aggregates(LambdaCase):
    def test_a_failure_names_the_aggregate_and_what_came_before_is_not_applied_again(self) -> None:
        api, program = self.ready(METRICS="emf")
        whole = aggregate(*[user_record(events.to_json(each)) for each in (
            limit_created("e-1"), progress_changed("e-2"), hopeless("e-3"), limit_created("e-4", "ul-4"))])
        data = [events.to_json(limit_created("e-0", "ul-0")), whole, events.to_json(limit_created("e-5", "ul-5"))]
        # Without a target for dead letters what can never succeed is reported, and comes again.
        self.assertEqual([failures(sequence_number(1))] * 2,
                         self.respond(api, events.batch_of_data(data), events.batch_of_data(data[1:], first=1)))
        counts = [json.loads(line) for line in program.out.read_text().splitlines()]
        self.assertEqual([(6, 3, 0, 3), (5, 0, 2, 3)],
                         [tuple(each[name] for name in ("records", "done", "duplicate", "retry"))
                          for each in counts])


class Answers(LambdaCase):
    """What the Runtime API may say to a response or an error."""

    def test_after_202_400_410_and_413_the_next_event_is_handled(self) -> None:
        api, _ = self.ready()
        for status in (202, 400, 410, 413):
            for event, kind in ((b'{"Records":[]}', "response"), (NOT_JSON, "error")):
                with self.subTest(status=status, kind=kind):
                    answer = Reply(status=status)
                    first, second = api.run(Step(event=event, answer=answer), Step())
                    self.assertEqual(first.kind, kind)
                    self.assertEqual(second.json(), ALL_WELL)

    def test_403_and_500_end_the_process_with_a_failure(self) -> None:
        for status in (403, 500):
            for event in (b'{"Records":[]}', NOT_JSON):
                with self.subTest(status=status, event=event):
                    api, program = self.ready()
                    api.push(Step(event=event, answer=Reply(status=status)))
                    self.assert_failed(program)

    def test_403_and_500_to_next_end_the_process_with_a_failure(self) -> None:
        for status in (403, 500):
            with self.subTest(status=status):
                api, program = self.ready()
                api.push(Step(faults=[Reply(status=status)]))
                self.assert_failed(program)

    def test_replies_to_an_answer_are_read_in_every_form(self) -> None:
        status = b"HTTP/1.1 202 Accepted\r\n"
        forms = {
            "empty": Reply(status=202, body=b""),
            "chunked": Reply(status=202, chunked=True),
            "one byte a packet": Reply(status=202, piece=1),
            "upper case": Reply(status=202, name_case=str.upper),
            "large": Reply(status=202, body=b" " * 100_000),
            "late": Reply(status=202, delay=0.3),
            "closed afterwards": Reply(status=202, close=True),
            "closed as announced": Reply(status=202, headers=[("Connection", "close")], close=True),
            "ended by the close": Reply(raw=status + b"Connection: close\r\n\r\n{}", close=True),
            "without a reason": Reply(raw=b"HTTP/1.1 202 \r\nContent-Length: 2\r\n\r\n{}"),
        }
        api, _ = self.ready()
        for name, answer in forms.items():
            with self.subTest(name):
                self.assert_well(api, Step(answer=answer))
                self.assert_well(api)

    def test_a_redirect_is_not_followed(self) -> None:
        trap = self.enterContext(socket.create_server(("127.0.0.1", 0)))
        trap.settimeout(0)
        api, program = self.ready()
        location = "http://127.0.0.1:%d/" % trap.getsockname()[1]
        api.push(Step(answer=Reply(status=307, headers=[("Location", location)])))
        self.settle(api, program)
        with self.assertRaises(BlockingIOError):
            trap.accept()


class Calls(LambdaCase):
    """What the process sends, beyond what the server checks of every call."""

    def test_invocations_share_one_connection(self) -> None:
        api, _ = self.ready()
        answers = api.run(*[Step() for _ in range(20)])
        used = {each.connection for each in answers} | {each.answered_on for each in answers}
        self.assertEqual(len(used), 1, used)

    def test_calls_name_the_runtime_and_its_version(self) -> None:
        api, _ = self.ready()
        self.assert_well(api)
        for call in api.requests:
            if call.path != REGISTER and call.path != EXTENSION_NEXT:
                self.assertRegex(call.headers.get("user-agent", ""), r"^[!-~]+/[0-9][!-~]*")

    def test_the_host_header_is_the_address(self) -> None:
        api, _ = self.ready()
        self.assert_well(api)
        self.assertEqual({call.headers["host"] for call in api.requests}, {api.address})

    def test_proxies_of_the_environment_are_ignored(self) -> None:
        trap = self.enterContext(socket.create_server(("127.0.0.1", 0)))
        trap.settimeout(0)
        proxy = "http://127.0.0.1:%d" % trap.getsockname()[1]
        names = ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy", "HTTPS_PROXY")
        api, _ = self.ready(**{name: proxy for name in names})
        self.assert_well(api)
        with self.assertRaises(BlockingIOError):
            trap.accept()

    def test_a_runtime_api_that_is_not_there_ends_the_process_with_a_failure(self) -> None:
        api = self.serve()
        with socket.create_server(("127.0.0.1", 0)) as unused:
            address = "127.0.0.1:%d" % unused.getsockname()[1]
        self.assert_failed(self.start(api, AWS_LAMBDA_RUNTIME_API=address))


class RequestIds(LambdaCase):
    def test_good_ids_come_back_in_the_path(self) -> None:
        api, _ = self.ready()
        for request_id in ("8476a536-e9f4-11e8-9739-2dfe598c3fcd", "A", "0", "-", "z" * 64):
            with self.subTest(request_id):
                self.assert_well(api, Step(request_id=request_id))

    def test_a_bad_id_ends_the_process_and_reaches_no_path(self) -> None:
        bad = ["", "a" * 65, "a/b", "../next", "a%2fb", "a b", "a?b", "a#b", "a_b", "a.b", "a\tb",
               "\u00e9", "a\udcffb", "a;b", "a\\b", "a\"b", "x" * 10_000]
        for request_id in bad:
            with self.subTest(request_id[:70].encode("utf-8", "replace")):
                api, program = self.ready()
                api.push(Step(request_id=request_id))
                self.assert_failed(program)
                self.assertEqual([c.path for c in api.requests if "/invocation/" in c.path], [NEXT])

    def test_a_missing_id_ends_the_process(self) -> None:
        api, program = self.ready()
        api.push(Step(request_id=None))
        self.assert_failed(program)


class Deliveries(LambdaCase):
    """How events arrive."""

    def assert_delivered(self, deliveries: dict[str, Reply]) -> None:
        api, program = self.ready()
        for number, (name, delivery) in enumerate(deliveries.items()):
            with self.subTest(name):
                event = batch(hopeless(f"event-{number}"))
                step = Step(event=event, delivery=delivery)
                self.assertEqual(self.respond_to(api, step), failures(sequence_number(0)))
                self.assertTrue(program.lines_of(f"event-{number}"), "no line about the event")

    def test_header_names_may_be_in_any_case(self) -> None:
        self.assert_delivered({
            "lower": Reply(name_case=str.lower),
            "upper": Reply(name_case=str.upper),
            "swapped": Reply(name_case=str.swapcase),
        })

    def test_replies_may_be_split_anywhere(self) -> None:
        self.assert_delivered({f"{n} bytes a packet": Reply(piece=n) for n in (1, 2, 3, 7, 64)})

    def test_chunked_replies_are_put_together(self) -> None:
        self.assert_delivered({
            "chunked": Reply(chunked=True),
            "chunked, one byte a packet": Reply(chunked=True, piece=1),
            "chunked, upper case": Reply(chunked=True, name_case=str.upper),
        })

    def test_other_headers_do_no_harm(self) -> None:
        self.assert_delivered({
            "those of other callers": Reply(headers=[
                ("Lambda-Runtime-Client-Context", '{"client":{"app_title":"x"}}'),
                ("Lambda-Runtime-Cognito-Identity", '{"cognitoIdentityId":"x"}'),
                ("Lambda-Runtime-Aws-Tenant-Id", "tenant-1")]),
            "long": Reply(headers=[("X-Long", "x" * 8000)]),
            "many": Reply(headers=[(f"X-{n}", str(n)) for n in range(60)]),
            "empty": Reply(headers=[("Lambda-Runtime-Trace-Id", "")]),
            "not ASCII": Reply(headers=[("X-Text", TEXT)]),
            "a bad trace id": Reply(headers=[("Lambda-Runtime-Trace-Id", "Root=;Parent;=\"\\")]),
        })

    def test_values_are_trimmed(self) -> None:
        api, _ = self.ready()
        head = ("HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: \t the-id \t\r\n"
                "Lambda-Runtime-Deadline-Ms:99999999999999\r\nContent-Length:14 \r\n\r\n")
        delivery = Reply(raw=head.encode() + b'{"Records":[]}')
        self.assert_well(api, Step(request_id="the-id", delivery=delivery))

    def test_the_largest_event_is_handled(self) -> None:
        context = {"padding": "x" * 130_000}
        records = [limit_created(f"e-{n}", f"ul-{n}") | {"context": context} for n in range(35)]
        event = events.padded(batch(*records), events.EVENT_LIMIT)
        for name, delivery in {"whole": Reply(), "chunked": Reply(chunked=True)}.items():
            with self.subTest(name):
                api, _ = self.ready()
                self.assert_well(api, Step(event=event, delivery=delivery))
                self.assert_well(api, Step(event=batch(progress_changed("p", "ul-34"))))

    def test_a_late_event_is_handled(self) -> None:
        api, _ = self.ready()
        self.assert_well(api, Step(delivery=Reply(delay=1.2)))

    def test_a_reply_that_breaks_http_harms_nobody(self) -> None:
        ok = b"HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: x\r\n"
        replies = {
            "no HTTP": b"\x00\xff\r\n\r\n",
            "another protocol": b"SSH-2.0-x\r\n",
            "a negative length": ok + b"Content-Length: -1\r\n\r\n{}",
            "a length that is no number": ok + b"Content-Length: two\r\n\r\n{}",
            "a length beyond 64 bits": ok + b"Content-Length: 99999999999999999999\r\n\r\n{}",
            "an enormous length": ok + b"Content-Length: 999999999999999\r\n\r\n{}",
            "a chunk size beyond 64 bits": ok + b"Transfer-Encoding: chunked\r\n\r\n"
                                           + b"FFFFFFFFFFFFFFFFF\r\n{}",
            "a chunk size that is no number": ok + b"Transfer-Encoding: chunked\r\n\r\nx\r\n{}",
            "a header without end": ok + b"X: " + b"x" * 3_000_000,
            "endless headers": ok + b"X-Y: z\r\n" * 200_000,
            "a body beyond the limit": ok + b"Content-Length: 30000000\r\n\r\n" + b" " * 30_000_000,
        }
        for name, raw in replies.items():
            with self.subTest(name):
                api, program = self.ready()
                api.push(Step(faults=[Reply(raw=raw, close=True)]))
                if self.settle(api, program):
                    self.assert_well(api)
                else:
                    self.assertGreater(program.wait(), 0)


class Drops(LambdaCase):
    """Connections that end at the wrong time."""

    def test_next_is_called_again_when_its_reply_is_cut_off(self) -> None:
        for cut in Cut:
            for chunked in (False, True):
                with self.subTest(cut.value, chunked=chunked):
                    api, _ = self.ready()
                    delivery = Reply(chunked=chunked)
                    self.assert_well(api, Step(faults=[cut], delivery=delivery))

    def test_next_is_called_again_after_several_cuts(self) -> None:
        api, _ = self.ready()
        self.assert_well(api, Step(faults=[Cut.BEFORE_HEADERS, Cut.IN_BODY, Cut.RESET]))

    def test_the_loop_goes_on_when_the_reply_to_an_answer_is_cut_off(self) -> None:
        api, _ = self.ready()
        for cut in Cut:
            for event, kind in ((b'{"Records":[]}', "response"), (NOT_JSON, "error")):
                with self.subTest(cut.value, kind=kind):
                    [first] = api.run(Step(event=event, answer=Reply(status=202, cut=cut)))
                    self.assertEqual(first.kind, kind)
                    self.assert_well(api)

    def test_the_answer_arrives_when_the_connection_is_closed_before_it(self) -> None:
        api, _ = self.ready()
        for headers in ([], [("Connection", "close")]):
            with self.subTest(headers):
                for _ in range(5):
                    self.assert_well(api, Step(delivery=Reply(close=True, headers=headers)))

    def test_next_arrives_when_the_connection_is_closed_before_it(self) -> None:
        api, _ = self.ready()
        for headers in ([], [("Connection", "close")]):
            with self.subTest(headers):
                for _ in range(5):
                    answer = Reply(status=202, close=True, headers=headers)
                    self.assert_well(api, Step(answer=answer))

    def test_a_cut_event_that_looks_whole_is_not_handled(self) -> None:
        api, program = self.ready()
        event = batch(hopeless("e-1"))
        whole = Step(event=events.padded(event, 3 * len(event)), request_id="the-id")
        cut = replace(whole.reply(), cut=Cut.IN_BODY)
        api.run(Step(faults=[cut]))
        self.assertEqual(program.lines_of("e-1"), [])


class Deadlines(LambdaCase):
    three = batch(*[limit_created(f"e-{n}", f"ul-{n}") for n in range(3)])

    def test_with_too_little_time_one_record_is_applied_and_the_next_is_named(self) -> None:
        deadlines = {"less than the default": Step(event=self.three, remaining=0.1),
                     "past": Step(event=self.three, remaining=-5),
                     "long past": Step(event=self.three, deadline="1000000000")}
        for name, step in deadlines.items():
            with self.subTest(name):
                api, _ = self.ready()
                self.assertEqual(self.respond_to(api, step), failures(sequence_number(1)))
                self.assert_well(api, Step(event=batch(progress_changed("p", "ul-0"))))
                second = Step(event=batch(progress_changed("q", "ul-1")))
                self.assertEqual(self.respond_to(api, second), failures(sequence_number(0)))

    def test_the_rest_is_applied_when_it_comes_again(self) -> None:
        api, _ = self.ready()
        late, again = api.run(Step(event=self.three, remaining=0.1), Step(event=self.three))
        self.assertEqual(late.json(), failures(sequence_number(1)))
        self.assertEqual(again.json(), ALL_WELL)
        self.assert_well(api, Step(event=batch(progress_changed("p", "ul-2"))))

    def test_the_time_kept_in_reserve_can_be_set(self) -> None:
        api, _ = self.ready(RESERVE_MS="60000")
        step = Step(event=self.three, remaining=30)
        self.assertEqual(self.respond_to(api, step), failures(sequence_number(1)))

    def test_with_enough_time_all_records_are_applied(self) -> None:
        for settings in ({}, {"RESERVE_MS": "1"}):
            with self.subTest(settings):
                api, _ = self.ready(**settings)
                self.assert_well(api, Step(event=self.three, remaining=60))

    def test_without_a_deadline_all_records_are_applied(self) -> None:
        api, _ = self.ready()
        self.assert_well(api, Step(event=self.three, remaining=None))

    def test_strange_deadlines_are_survived(self) -> None:
        api, _ = self.ready()
        for deadline in ("", "0", "-1", "1e9", "18446744073709551615", "18446744073709551616",
                         "9223372036854775807", "9223372036854775808", "9" * 100, "abc", "12x",
                         "0x7f", "+5", "1.5", "-" + "9" * 100):
            with self.subTest(deadline):
                event = batch(limit_created(f"e{deadline[:40]}", f"ul{deadline[:40]}"))
                self.assert_well(api, Step(event=event, deadline=deadline))


class Freezes(LambdaCase):
    def test_a_freeze_between_invocations_fails_none(self) -> None:
        api, program = self.ready()
        self.assert_well(api)
        program.freeze()
        time.sleep(1.0)
        api.push(Step())
        program.thaw()
        api.wait("the second answer", lambda: api.answered() == 2)
        self.assertEqual(api.invocations[1].json(), ALL_WELL)

    def test_idle_connections_closed_during_a_freeze_fail_no_invocation(self) -> None:
        api, program = self.ready()
        for length in (1.0, 0.0, 0.05, 0.0, 0.1):
            with self.subTest(length):
                program.freeze()
                api.close_idle_connections()
                time.sleep(length)
                program.thaw()
                self.assert_well(api)

    def test_a_freeze_while_the_answer_is_under_way_fails_nothing(self) -> None:
        api, program = self.ready()
        held = threading.Event()
        self.addCleanup(held.set)
        api.push(Step(answer=Reply(status=202, hold=held)))
        api.wait("the answer", lambda: api.answered() == 1)
        program.freeze()
        held.set()
        program.thaw()
        api.wait_idle()
        self.assert_well(api)


class Termination(LambdaCase):
    def assert_clean(self, program: Program) -> None:
        code, seconds = program.terminate()
        self.assertEqual(code, 0)
        self.assertLess(seconds, 0.5)

    def test_an_internal_extension_is_registered_before_the_first_next(self) -> None:
        api, _ = self.ready()
        api.wait("extension/event/next", lambda: len(api.extensions) == 1)
        paths = [call.path for call in api.requests if call.path != EXTENSION_NEXT]
        self.assertEqual(paths, [REGISTER, NEXT])

    def test_sigterm_while_waiting_ends_cleanly_in_time(self) -> None:
        api, program = self.ready()
        self.assert_well(api)
        self.assert_clean(program)

    def test_sigterm_before_the_first_event_ends_cleanly_in_time(self) -> None:
        for _ in range(5):
            _, program = self.ready()
            self.assert_clean(program)

    def test_sigterm_while_an_answer_waits_for_its_reply_ends_cleanly_in_time(self) -> None:
        api, program = self.ready()
        held = threading.Event()
        self.addCleanup(held.set)
        api.push(Step(answer=Reply(status=202, hold=held)))
        api.wait("the answer", lambda: api.answered() == 1)
        self.assert_clean(program)

    def test_sigterm_ends_all_loops(self) -> None:
        api = self.serve(concurrency=4)
        program = self.start(api, AWS_LAMBDA_MAX_CONCURRENCY="4")
        api.wait("4 loops", lambda: len(api.waiting) == 4)
        self.assert_clean(program)

    def test_a_second_sigterm_changes_nothing(self) -> None:
        _, program = self.ready()
        program.process.send_signal(signal.SIGTERM)
        self.assert_clean(program)

    def test_without_a_registration_events_are_handled_all_the_same(self) -> None:
        replies = {"refused": Reply(status=403), "unknown": Reply(status=404, body=b"no"),
                   "cut off": Reply(cut=Cut.BEFORE_HEADERS), "without id": Reply()}
        for name, register in replies.items():
            with self.subTest(name):
                api = self.serve(register=register)
                program = self.start(api)
                self.assert_well(api)
                self.assert_clean(program)


class Concurrency(LambdaCase):
    def start_loops(self, count: int) -> tuple[RuntimeApi, Program]:
        api = self.serve(concurrency=count)
        program = self.start(api, AWS_LAMBDA_MAX_CONCURRENCY=str(count),
                             AWS_LAMBDA_INITIALIZATION_TYPE="lambda-managed-instances")
        api.wait(f"{count} loops", lambda: len(api.waiting) == count)
        return api, program

    def test_each_loop_waits_on_a_connection_of_its_own(self) -> None:
        api, _ = self.start_loops(4)
        self.assertEqual(len({connection.number for connection in api.waiting}), 4)
        self.assertEqual(api.most_waiting, 4)

    def test_invocations_run_at_the_same_time(self) -> None:
        api, _ = self.start_loops(4)
        held = threading.Event()
        self.addCleanup(held.set)
        api.push(*[Step(answer=Reply(status=202, hold=held)) for _ in range(4)])
        api.wait("4 answers at once", lambda: api.answered() == 4)
        held.set()
        api.wait("4 loops again", lambda: len(api.waiting) == 4)

    def test_log_lines_have_the_request_id_of_their_own_invocation(self) -> None:
        api, program = self.start_loops(4)
        ids = {f"event-{n}": f"request-{n}" for n in range(100)}
        answers = api.run(*[Step(event=batch(hopeless(event_id)), request_id=request_id)
                            for event_id, request_id in ids.items()])
        self.assertEqual({json.dumps(each.json()) for each in answers},
                         {json.dumps(failures(sequence_number(0)))})
        for event_id, request_id in ids.items():
            lines = program.lines_of(event_id)
            self.assertTrue(lines, event_id)
            self.assertEqual({line["requestId"] for line in lines}, {request_id})

    def test_answers_go_to_the_invocation_they_belong_to(self) -> None:
        api, _ = self.start_loops(8)
        steps = [Step(event=batch(hopeless(f"e-{n}"), first=n)) for n in range(200)]
        for answer in api.run(*steps):
            number = steps.index(answer.step)
            self.assertEqual(answer.json(), failures(sequence_number(number)))

    def test_a_late_answer_drops_out_and_its_loop_goes_on(self) -> None:
        api, _ = self.start_loops(4)
        api.run(*[Step(answer=Reply(status=410)) for _ in range(8)])
        api.wait("4 loops again", lambda: len(api.waiting) == 4)

    def test_a_dropped_connection_harms_no_other_loop(self) -> None:
        api, _ = self.start_loops(4)
        steps = [Step(answer=Reply(status=202, cut=Cut.RESET if n % 3 == 0 else None))
                 for n in range(30)]
        self.assertEqual([each.json() for each in api.run(*steps)], [ALL_WELL] * 30)
        api.wait("4 loops again", lambda: len(api.waiting) == 4)

    def test_a_loop_that_fails_ends_the_process(self) -> None:
        for status in (403, 500):
            with self.subTest(status):
                api, program = self.start_loops(4)
                api.push(Step(answer=Reply(status=status)))
                self.assert_failed(program)

    def test_many_loops_start_and_end(self) -> None:
        self.start_loops(64)

    def test_a_count_that_is_none_means_one(self) -> None:
        for count in ("", "0", "1", "-3", "abc", "4x", "99999999999999999999"):
            with self.subTest(count):
                api, _ = self.ready(AWS_LAMBDA_MAX_CONCURRENCY=count)
                self.assertEqual([each.json() for each in api.run(Step(), Step())], [ALL_WELL] * 2)
                self.assertEqual(api.most_waiting, 1)


class InitErrors(LambdaCase):
    def init_error(self, reply: Reply | None = None, **settings: str | bytes) -> dict[str, Any]:
        """Starts the program with bad settings; what it posted before it ended."""
        api = self.serve(init_error=reply)
        self.assert_failed(self.start(api, **settings))
        calls = api.calls(INIT_ERROR)
        self.assertEqual(api.calls(NEXT), [])
        self.assertGreaterEqual(len(calls), 1)
        self.assertNotIn("lambda-evil", calls[0].headers)
        return json.loads(calls[0].body)

    def test_a_bad_setting_is_posted_and_ends_the_process(self) -> None:
        cases = {"DB": "nonsense", "RESERVE_MS": "soon", "ON_DUPLICATE_LIMIT": "perhaps"}
        for name, value in cases.items():
            with self.subTest(name):
                message = self.init_error(**{name: value})["errorMessage"]
                self.assertIn(name, message)
                self.assertIn(value, message)

    def test_the_process_ends_whatever_the_init_error_is_answered_with(self) -> None:
        replies = [Reply(status=status) for status in (202, 400, 403, 500)]
        replies += [Reply(status=202, cut=cut) for cut in Cut]
        for reply in replies:
            with self.subTest(reply.status, cut=reply.cut):
                self.init_error(reply, DB="nonsense")

    def test_text_that_is_not_ascii_arrives_whole(self) -> None:
        self.assertIn(TEXT, self.init_error(DB=TEXT)["errorMessage"])

    def test_any_bytes_make_a_sound_message(self) -> None:
        values = {"bytes that are no text": b"\xff\xfe\x80", "a cut character": b"x\xe6\x97",
                  "control characters": b"\x01\x1b\x7f\t", "quotes": b'"\\"',
                  "a header": b"x\r\nLambda-Evil: 1", "a format": b"%s%n%d",
                  "long text": "\u65e5\u672c".encode() * 2000}
        for name, value in values.items():
            with self.subTest(name):
                self.assertTrue(self.init_error(DB=value)["errorMessage"])


class InvocationErrors(LambdaCase):
    def error(self, event: bytes) -> Invocation:
        api, _ = self.ready()
        [answer] = api.run(Step(event=event))
        self.assertEqual(answer.kind, "error", answer.body)
        self.assert_well(api)
        return answer

    def test_an_event_that_is_no_json_is_posted_as_an_error(self) -> None:
        for event in (NOT_JSON, b"", b"{", b'{"Records":[', b"\xff", b'{"Records":[]}x',
                      b'{"Records":[],}', b"[" * 100_000):
            with self.subTest(event[:20]):
                answer = self.error(event)
                self.assertTrue(answer.json()["errorMessage"])
                kind = answer.headers["lambda-runtime-function-error-type"]
                self.assertEqual(answer.json()["errorType"], kind)
                self.assertIsNotNone(ERROR_TYPE.fullmatch(kind))

    def test_a_record_that_cannot_be_named_is_no_success(self) -> None:
        whole = events.record(b"{}", sequence_number(0))
        without = dict(whole, kinesis={k: v for k, v in whole["kinesis"].items()
                                       if k != "sequenceNumber"})
        for name, record in {"empty": {}, "no number": without, "null": None, "text": "x"}.items():
            with self.subTest(name):
                api, _ = self.ready()
                [answer] = api.run(Step(event=events.to_json({"Records": [record]})))
                if answer.kind == "response":
                    self.assertNotEqual(answer.json(), ALL_WELL)
                self.assert_well(api)

    def test_json_that_is_no_event_is_survived(self) -> None:
        api, _ = self.ready()
        for event in (b"{}", b"[]", b"null", b"true", b"0", b'"x"', b'{"Records":null}',
                      b'{"Records":{}}', b'{"Records":"x"}', b"[[]]"):
            with self.subTest(event):
                api.run(Step(event=event))
                self.assert_well(api)


class Batches(LambdaCase):
    def test_an_empty_batch_succeeds(self) -> None:
        api, _ = self.ready()
        self.assertEqual(self.respond(api, b'{"Records":[]}', b' { "Records" : [ ] } '),
                         [ALL_WELL] * 2)

    def test_a_good_batch_succeeds(self) -> None:
        api, _ = self.ready()
        event = batch(limit_created("e-1"), progress_changed("e-2", remainingAmount="190"))
        self.assertEqual(self.respond(api, event), [ALL_WELL])

    def test_the_response_is_exact(self) -> None:
        api, _ = self.ready()
        good, bad = api.run(Step(), Step(event=batch(hopeless("e-1"))))
        self.assertEqual(good.body, b'{"batchItemFailures":[]}')
        expected = b'{"batchItemFailures":[{"itemIdentifier":"%s"}]}' % sequence_number(0).encode()
        self.assertEqual(bad.body, expected)

    def test_a_record_that_can_never_succeed_is_named_and_those_before_it_are_applied(self) -> None:
        api, _ = self.ready()
        event = batch(limit_created("e-1", "ul-1"), limit_created("e-2", "ul-2"), hopeless("e-3"),
                      limit_created("e-4", "ul-4"))
        before = batch(progress_changed("p-1", "ul-1"), progress_changed("p-2", "ul-2"))
        after = batch(progress_changed("p-4", "ul-4"))
        self.assertEqual(self.respond(api, event, before, after),
                         [failures(sequence_number(2)), ALL_WELL, failures(sequence_number(0))])

    def test_records_that_can_never_succeed_are_named_whatever_is_wrong(self) -> None:
        broken = {
            "no JSON": b"x", "empty": b"", "no envelope": b"[]", "no text": b"\xff",
            "no type": b'{"eventId":"x"}',
            "invalid": events.to_json(limit_created("e", value="many")),
            "incomplete": events.to_json(events.envelope("USER_LIMIT_CREATED", "e", {})),
            "deep": b"[" * 10_000 + b"]" * 10_000,
        }
        api, _ = self.ready()
        for name, data in broken.items():
            with self.subTest(name):
                good = events.to_json(limit_created(f"e-{name}", f"ul-{name}"))
                [answer] = self.respond(api, events.batch_of_data([good, data, good]))
                self.assertEqual(answer, failures(sequence_number(1)))

    def test_a_record_that_is_no_base64_is_named(self) -> None:
        api, _ = self.ready()
        record = events.record(b"", sequence_number(0), kinesis={"data": "!!!!"})
        [answer] = self.respond(api, events.to_json({"Records": [record]}))
        self.assertEqual(answer, failures(sequence_number(0)))

    def test_a_dead_letter_target_lets_the_batch_go_on(self) -> None:
        folder = self.enterContext(tempfile.TemporaryDirectory())
        path = pathlib.Path(folder, "dead.ndjson")
        api, _ = self.ready(DEAD_LETTER=str(path))
        event = batch(hopeless("dead-1"), limit_created("e-2", "ul-2"))
        after = batch(progress_changed("p-2", "ul-2"))
        self.assertEqual(self.respond(api, event, after), [ALL_WELL] * 2)
        [letter] = path.read_text().splitlines()
        self.assertIn("dead-1", letter)
        self.assertIsInstance(json.loads(letter), dict)

    def test_an_event_that_comes_again_changes_nothing(self) -> None:
        api, _ = self.ready()
        created = limit_created("e-1")
        event = batch(created, created)
        self.assertEqual(self.respond(api, event, event, batch(created, first=7)), [ALL_WELL] * 3)

    def test_a_limit_that_is_there_is_not_created_again_by_another_event(self) -> None:
        api, _ = self.ready()
        first, second = self.respond(api, batch(limit_created("e-1")), batch(limit_created("e-2")))
        self.assertEqual((first, second), (ALL_WELL, failures(sequence_number(0))))

    def test_a_type_without_schema_is_skipped(self) -> None:
        api, _ = self.ready()
        event = batch(events.envelope("BET_PLACED", "e-1", {"any": "thing"}))
        self.assertEqual(self.respond(api, event), [ALL_WELL])

    def test_a_bare_event_is_accepted(self) -> None:
        api, _ = self.ready()
        created, progress = limit_created("e-1"), progress_changed("e-2")
        answers = self.respond(api, events.to_json(created), batch(progress))
        self.assertEqual(answers, [ALL_WELL] * 2)

    def test_a_bare_event_that_can_never_succeed_is_no_success(self) -> None:
        api, _ = self.ready()
        [answer] = api.run(Step(event=events.to_json(hopeless("e-1"))))
        self.assertNotEqual((answer.kind, answer.json()), ("response", ALL_WELL))

    def test_sequence_numbers_are_named_to_the_digit(self) -> None:
        api, _ = self.ready()
        for number in ("0", "7", sequence_number(0), "9" * 129):
            with self.subTest(number):
                record = events.record(events.to_json(hopeless(f"e-{number[:9]}")), number)
                [answer] = self.respond(api, events.to_json({"Records": [record]}))
                self.assertEqual(answer, failures(number))

    def test_every_form_of_a_record_is_read(self) -> None:
        members: dict[str, dict[str, Any]] = {
            "a consumer's ARN": {"eventSourceARN": f"{events.STREAM_ARN}/consumer/C:1700000000"},
            "encrypted": {"kinesis": {"encryptionType": "KMS"}},
            "whole seconds": {"kinesis": {"approximateArrivalTimestamp": 1795434900}},
            "a long key": {"kinesis": {"partitionKey": "\u2615" * 256}},
            "more members": {"added": [{"later": None}], "kinesis": {"added": {"a": [1]}}},
        }
        api, _ = self.ready()
        for name, changes in members.items():
            with self.subTest(name):
                data = events.to_json(limit_created(f"e-{name}", f"ul-{name}"))
                record = events.record(data, sequence_number(0), **changes)
                self.assertEqual(self.respond(api, events.to_json({"Records": [record]})),
                                 [ALL_WELL])

    def test_json_in_any_layout_is_read(self) -> None:
        api, _ = self.ready()
        record = events.record(events.to_json(limit_created("e-1")), sequence_number(0))
        record = dict(reversed(record.items()))
        record["kinesis"] = dict(reversed(record["kinesis"].items()))
        event = json.dumps({"more": 1, "Records": [record]}, indent=4).replace("\n", "\r\n")
        exponent = event.replace("1795434900.125", "1.795434900125E9").replace("/", "\\/")
        again = batch(progress_changed("e-2"))
        self.assertEqual(self.respond(api, exponent.encode(), again), [ALL_WELL] * 2)

    def test_a_full_batch_succeeds(self) -> None:
        api, _ = self.ready()
        event = batch(*[limit_created(f"e-{n}", f"ul-{n}") for n in range(5000)])
        self.assertLess(len(event), events.EVENT_LIMIT)
        self.assertEqual(self.respond(api, event), [ALL_WELL])

    def test_state_lasts_from_one_invocation_to_the_next(self) -> None:
        api, _ = self.ready()
        self.respond(api, batch(limit_created("e-0", "ul-0")))
        answers = self.respond(api, *[
            batch(limit_created(f"e-{n}", f"ul-{n}"), progress_changed(f"p-{n}", f"ul-{n - 1}"))
            for n in range(1, 50)])
        self.assertEqual(answers, [ALL_WELL] * 49)


class Logs(LambdaCase):
    trace = "1-5f1c0e00-0123456789abcdef01234567"

    def test_lines_about_a_record_name_its_invocation(self) -> None:
        api, program = self.ready()
        trace = ("Lambda-Runtime-Trace-Id", f"Root={self.trace};Parent=53995c3f42cd8ad8;Sampled=1")
        for number in range(2):
            api.run(Step(event=batch(hopeless(f"e-{number}")), request_id=f"request-{number}",
                         headers=[trace]))
            lines = program.lines_of(f"e-{number}")
            self.assertTrue(lines)
            for line in lines:
                self.assertEqual(line["requestId"], f"request-{number}")
                self.assertIn(self.trace, line["traceId"])

    def test_an_invocation_that_fails_is_logged_with_its_request_id(self) -> None:
        api, program = self.ready()
        api.run(Step(event=NOT_JSON, request_id="request-1"))
        self.assertEqual({line["requestId"] for line in program.complaints()}, {"request-1"})

    def test_no_line_names_an_invocation_that_is_over(self) -> None:
        api, program = self.ready()
        api.run(Step(event=batch(hopeless("e-1")), request_id="request-1"))
        before = len(program.lines())
        program.terminate()
        self.assertEqual([line for line in program.lines()[before:] if "requestId" in line], [])

    def test_text_of_an_event_stays_one_line_and_whole(self) -> None:
        api, program = self.ready()
        for event_id in (TEXT, 'a\nb', 'a"}\r\n{"level":"x', "a\u2028b\u007f", "\U0001f600"):
            with self.subTest(event_id):
                api.run(Step(event=batch(hopeless(event_id))))
                self.assertTrue(program.lines_of(event_id), program.output())
        self.assertNotRegex(program.output(), "[\u2028\u2029\u007f]")

    def test_the_log_level_is_obeyed(self) -> None:
        api, program = self.ready(AWS_LAMBDA_LOG_LEVEL="FATAL")
        api.run(Step(event=batch(hopeless("e-1"))), Step())
        levels = {line["level"].lower() for line in program.lines()}
        self.assertLessEqual(levels, {"fatal"})

    def test_metrics_are_documents_of_their_own(self) -> None:
        api, program = self.ready(METRICS="emf")
        api.run(Step(event=batch(limit_created("e-1"), hopeless("e-2"))))
        documents = [json.loads(line) for line in program.out.read_text().splitlines()]
        self.assertEqual(len(documents), 1, "one per batch, on standard output")
        self.assertIsInstance(documents[0]["_aws"]["Timestamp"], int)
        for directive in documents[0]["_aws"]["CloudWatchMetrics"]:
            for name in (name for names in directive["Dimensions"] for name in names):
                self.assertIsInstance(documents[0][name], str)
            for metric in directive["Metrics"]:
                self.assertIsInstance(documents[0][metric["Name"]], (int, float))

    def test_payloads_and_credentials_are_never_logged(self) -> None:
        canary = "canary7d1f4c"
        api, program = self.ready(
            AWS_LAMBDA_LOG_LEVEL="TRACE", AWS_ACCESS_KEY_ID=f"AKIA{canary}",
            AWS_SECRET_ACCESS_KEY=f"secret-{canary}", AWS_SESSION_TOKEN=f"token-{canary}")
        created = limit_created("e-1", brandId=canary, userId=canary)
        bad_data = events.record(b"", sequence_number(0), kinesis={"data": f"{canary}!"})
        payloads = {
            "valid": batch(created),
            "refused": batch(progress_changed("e-2", "no-such-limit", userId=canary)),
            "invalid text": batch(limit_created("e-3", value=canary)),
            "invalid choice": batch(limit_created("e-4", status=canary)),
            "invalid kind": batch(limit_created("e-5", activeFrom=canary)),
            "too long": batch(limit_created("e-6", userId=canary * 20)),
            "context": batch(created | {"context": {"password": canary}, "eventId": "e-7"}),
            "no JSON in a record": events.batch_of_data([f'{{"{canary}'.encode()]),
            "no base64": events.to_json({"Records": [bad_data]}),
            "no JSON": f'{{"password":"{canary}"'.encode(),
            "no event": f'"{canary}"'.encode(),
            "bare": events.to_json(hopeless("e-8") | {"context": {"password": canary}}),
        }
        secret_headers = [("Lambda-Runtime-Client-Context", f'{{"x":"{canary}"}}'),
                          ("Lambda-Runtime-Cognito-Identity", f'{{"x":"{canary}"}}')]
        for name, event in payloads.items():
            with self.subTest(name):
                api.run(Step(event=event, headers=secret_headers))
                self.assert_absent(canary, program)

    def assert_absent(self, canary: str, program: Program) -> None:
        output = program.output()
        self.assertNotIn(canary, output)
        for offset in range(3):  # base64 looks different at each offset within three bytes
            encoded = base64.b64encode(b"x" * offset + canary.encode())[4:-4].decode()
            self.assertNotIn(encoded, output)


class OutsideLambda(LambdaCase):
    def test_without_a_runtime_api_it_is_a_command_line_program(self) -> None:
        program = self.launch(["--help"], {})
        self.assertEqual(program.wait(), 0)
        self.assertIn("validate", program.out.read_text())

    def test_without_a_runtime_api_and_arguments_it_tells_its_usage(self) -> None:
        program = self.launch([], {"AWS_LAMBDA_FUNCTION_NAME": "limits"})
        self.assertEqual(program.wait(), 2)
        self.assertIn("--help", program.output())


if __name__ == "__main__":
    unittest.main()
