"""The scripted Runtime API itself: a good client breaks no rule, and each bad one is caught."""

import http.client
import json
import socket
import threading
import unittest
from typing import Callable

from runtime_api import (ANSWER, EXTENSION_NEXT, INIT_ERROR, NEXT, REGISTER, Cut, Invocation, Reply,
                         RuntimeApi, Step)

RUNTIME = "/2018-06-01/runtime/invocation"
GOOD_ERROR = b'{"errorMessage":"it broke","errorType":"Function.Broken"}'
ERROR_HEADERS = {"Content-Type": "application/json",
                 "Lambda-Runtime-Function-Error-Type": "Function.Broken"}


class Client:
    """A correct runtime as small as can be; tests make it break single rules."""

    def __init__(self, address: str) -> None:
        self.connection = http.client.HTTPConnection(address, timeout=20)

    def call(self, method: str, path: str, body: bytes | None = None,
             headers: dict[str, str] | None = None) -> http.client.HTTPResponse:
        self.connection.request(method, path, body, headers or {})
        reply = self.connection.getresponse()
        if reply.length is None and not reply.chunked:
            raise http.client.HTTPException("the headers were cut off")
        self.content = reply.read()
        return reply

    def next(self) -> str:
        return self.call("GET", NEXT).headers["Lambda-Runtime-Aws-Request-Id"]

    def respond(self, request_id: str, body: bytes = b"{}",
                content_type: str = "application/json") -> int:
        headers = {"Content-Type": content_type}
        return self.call("POST", f"{RUNTIME}/{request_id}/response", body, headers).status

    def fail(self, request_id: str, body: bytes = GOOD_ERROR,
             headers: dict[str, str] | None = None) -> int:
        path = f"{RUNTIME}/{request_id}/error"
        return self.call("POST", path, body, headers or ERROR_HEADERS).status

    def serve(self, count: int) -> None:
        for _ in range(count):
            self.respond(self.next())

    def close(self) -> None:
        self.connection.close()


class ServerCase(unittest.TestCase):
    def setUp(self) -> None:
        self.api = self.enterContext(RuntimeApi())

    def client(self) -> Client:
        client = Client(self.api.address)
        self.addCleanup(client.close)
        return client

    def start(self, work: Callable[[], object]) -> threading.Thread:
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        return thread

    def raw(self, data: bytes) -> bytes:
        """Sends bytes and returns what comes back until the server closes or has answered."""
        with socket.create_connection(self.api.address.split(":"), timeout=20) as sock:
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)
            received = b""
            while part := sock.recv(65536):
                received += part
            return received

    def assert_caught(self, words: str) -> None:
        self.api.wait("a violation", lambda: bool(self.api.violations))
        self.assertIn(words, " / ".join(self.api.violations))


class GoodClient(ServerCase):
    def tearDown(self) -> None:
        self.assertEqual(self.api.violations, [])

    def test_a_good_client_breaks_no_rule(self) -> None:
        client = self.client()
        extension = self.client()
        reply = extension.call("POST", REGISTER, b'{"events":[]}', {"Lambda-Extension-Name": "x"})
        identifier = reply.headers["Lambda-Extension-Identifier"]
        header = {"Lambda-Extension-Identifier": identifier}
        self.start(lambda: ignoring(lambda: extension.call("GET", EXTENSION_NEXT, None, header)))
        self.api.push(Step(event=b'{"n":1}'), Step(event=b'{"n":2}'))
        first = client.next()
        self.assertEqual(client.content, b'{"n":1}')
        self.assertEqual(client.respond(first), 202)
        self.assertEqual(client.fail(client.next()), 202)
        self.assertEqual([each.kind for each in self.api.invocations], ["response", "error"])
        self.api.wait("the extension", lambda: len(self.api.extensions) == 1)

    def test_an_init_error_is_no_violation(self) -> None:
        reply = self.client().call("POST", INIT_ERROR, GOOD_ERROR, ERROR_HEADERS)
        self.assertEqual(reply.status, 202)

    def test_run_returns_what_came_back(self) -> None:
        client = self.client()
        self.start(lambda: (client.serve(2), ignoring(client.next)))
        answers: list[Invocation] = self.api.run(Step(), Step())
        self.assertEqual([each.json() for each in answers], [{}, {}])

    def test_scripted_statuses_arrive(self) -> None:
        client = self.client()
        for status in (202, 400, 410, 413):
            with self.subTest(status=status):
                self.api.push(Step(answer=Reply(status=status)))
                self.assertEqual(client.respond(client.next()), status)

    def test_every_way_of_handing_out_arrives_whole(self) -> None:
        deliveries = {
            "chunked": Reply(chunked=True),
            "one byte a packet": Reply(piece=1),
            "one byte a packet, chunked": Reply(piece=1, chunked=True),
            "upper case": Reply(name_case=str.upper),
        }
        client = self.client()
        for name, delivery in deliveries.items():
            with self.subTest(name):
                self.api.push(Step(event=b'{"n":"12345678901234567890"}', delivery=delivery))
                client.respond(client.next())
                self.assertEqual(self.api.invocations[-1].kind, "response")

    def test_a_large_event_arrives_whole_in_chunks(self) -> None:
        client = self.client()
        event = b" " * (6 * 1024 * 1024) + b"{}"
        self.api.push(Step(event=event, delivery=Reply(chunked=True)))
        client.respond(client.next())
        self.api.push(Step())
        client.next()
        self.assertEqual(len(self.api.invocations), 2)

    def test_a_cut_delivery_is_followed_by_the_whole_one(self) -> None:
        for cut in Cut:
            with self.subTest(cut.value):
                self.api.push(Step(faults=[cut]))
                client = self.client()
                with self.assertRaises((OSError, http.client.HTTPException)):
                    client.next()
                client.close()
                self.assertEqual(client.respond(client.next()), 202)

    def test_a_cut_delivery_may_be_answered_with_an_error_but_not_with_a_response(self) -> None:
        client = self.client()
        self.api.push(Step(faults=[Cut.IN_BODY], request_id="the-id"))
        with self.assertRaises((OSError, http.client.HTTPException)):
            client.next()
        client.close()
        self.assertEqual(client.fail("the-id"), 202)
        self.assertEqual(self.api.violations, [])
        self.assertEqual(client.respond("the-id"), 400)
        self.assertIn("never handed out", self.api.violations.pop())

    def test_an_answer_may_be_sent_again_when_its_reply_was_cut(self) -> None:
        client = self.client()
        self.api.push(Step(answer=Reply(status=202, cut=Cut.BEFORE_HEADERS)))
        request_id = client.next()
        with self.assertRaises((OSError, http.client.HTTPException)):
            client.respond(request_id)
        client.close()
        self.assertEqual(client.respond(request_id), 400)
        self.assertEqual(self.api.invocations[0].repeats, 1)

    def test_a_closed_idle_connection_ends_next_without_a_byte(self) -> None:
        client = self.client()
        ended = threading.Event()
        self.start(lambda: (ignoring(client.next), ended.set()))
        self.api.wait_idle()
        self.api.close_idle_connections()
        self.assertTrue(ended.wait(20))

    def test_a_client_that_went_away_takes_no_event(self) -> None:
        gone = socket.create_connection(self.api.address.split(":"))
        gone.sendall(f"GET {NEXT} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        self.api.wait_idle()
        gone.close()
        self.api.wait("the end of `next`", lambda: not self.api.waiting)
        client = self.client()
        self.api.push(Step())
        self.assertEqual(client.respond(client.next()), 202)

    def test_several_next_at_once_are_fine_with_concurrency(self) -> None:
        api = self.enterContext(RuntimeApi(concurrency=3))
        clients = [Client(api.address) for _ in range(3)]
        for client in clients:
            self.addCleanup(client.close)
            self.start(lambda client=client: ignoring(client.next))
        api.wait("three `next`", lambda: len(api.waiting) == 3)
        self.assertEqual(api.violations, [])


class BadClient(ServerCase):
    def test_next_while_an_invocation_is_open(self) -> None:
        client = self.client()
        self.api.push(Step(), Step())
        client.next()
        client.next()
        self.assert_caught("1 invocations are open")

    def test_two_next_at_once_without_concurrency(self) -> None:
        for client in (self.client(), self.client()):
            self.start(lambda client=client: ignoring(client.next))
        self.assert_caught("other `next`")

    def test_a_wrong_id(self) -> None:
        client = self.client()
        self.api.push(Step())
        client.next()
        self.assertEqual(client.respond("no-such-id"), 400)
        self.assert_caught("never handed out")

    def test_a_second_response(self) -> None:
        client = self.client()
        self.api.push(Step())
        request_id = client.next()
        client.respond(request_id)
        client.respond(request_id)
        self.assert_caught("response after the response")

    def test_an_error_after_a_413(self) -> None:
        client = self.client()
        self.api.push(Step(answer=Reply(status=413)))
        request_id = client.next()
        client.respond(request_id)
        client.fail(request_id)
        self.assert_caught("error after the response, which was answered with 413")

    def test_a_call_after_a_500_or_403(self) -> None:
        for status in (403, 500):
            with self.subTest(status=status), RuntimeApi() as api:
                client = Client(api.address)
                self.addCleanup(client.close)
                api.push(Step(answer=Reply(status=status)), Step())
                client.respond(client.next())
                client.next()
                self.assertIn(f"after the response was answered with {status}", api.violations[0])

    def test_a_wrong_content_type(self) -> None:
        client = self.client()
        self.api.push(Step())
        client.respond(client.next(), content_type="text/html")
        self.assert_caught("'text/html'")

    def test_a_response_that_is_no_json(self) -> None:
        for body in (b"", b"{", b'"\xff"'):
            with self.subTest(body=body):
                client = self.client()
                self.api.push(Step())
                client.respond(client.next(), body)
                self.assert_caught("no JSON in UTF-8")
                self.api.violations.clear()

    def test_a_bad_error_type_header(self) -> None:
        client = self.client()
        for kind in ("", "unhandled", "Function.", "Function.lower", "Runtime.A1", "X.Broken"):
            with self.subTest(kind):
                self.api.push(Step())
                headers = ERROR_HEADERS | {"Lambda-Runtime-Function-Error-Type": kind}
                client.fail(client.next(), headers=headers)
                self.assert_caught("Lambda-Runtime-Function-Error-Type")
                self.api.violations.clear()

    def test_an_error_without_its_members(self) -> None:
        client = self.client()
        for body in (b"{}", b"[]", b'{"errorMessage":1,"errorType":"x"}', b'{"errorMessage":"x"}'):
            with self.subTest(body=body):
                self.api.push(Step())
                client.fail(client.next(), body)
                self.assert_caught("has no error")
                self.api.violations.clear()

    def test_an_init_error_after_next(self) -> None:
        client = self.client()
        self.api.push(Step())
        client.next()
        self.assertEqual(client.call("POST", INIT_ERROR, GOOD_ERROR, ERROR_HEADERS).status, 403)
        self.assert_caught("init/error after `next`")

    def test_next_after_an_init_error(self) -> None:
        client = self.client()
        client.call("POST", INIT_ERROR, GOOD_ERROR, ERROR_HEADERS)
        self.api.push(Step())
        client.next()
        self.assert_caught("after init/error")

    def test_bad_registrations(self) -> None:
        cases = {
            "without Lambda-Extension-Name": (b'{"events":[]}', {}),
            "with the body": (b'{"events":["SHUTDOWN"]}', {"Lambda-Extension-Name": "x"}),
        }
        for words, (body, headers) in cases.items():
            with self.subTest(words):
                self.client().call("POST", REGISTER, body, headers)
                self.assert_caught(words)
                self.api.violations.clear()
                self.api.requests.clear()

    def test_a_registration_after_next(self) -> None:
        client = self.client()
        self.api.push(Step())
        client.next()
        client.call("POST", REGISTER, b'{"events":[]}', {"Lambda-Extension-Name": "x"})
        self.assert_caught("extension/register after `next`")

    def test_extension_next_without_the_identifier(self) -> None:
        self.start(lambda: ignoring(lambda: self.client().call("GET", EXTENSION_NEXT)))
        self.assert_caught("Lambda-Extension-Identifier")

    def test_breaches_of_http(self) -> None:
        post = f"POST {RUNTIME}/x/response HTTP/1.1\r\nHost: x\r\n"
        cases = {
            "there is no Content-Length": post + "\r\n{}",
            "comes with a Transfer-Encoding": post + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "there is an Expect header": post + "Expect: 100-continue\r\nContent-Length: 0\r\n\r\n",
            "the Content-Length is '-1'": post + "Content-Length: -1\r\n\r\n",
            "content-length comes twice": post + "Content-Length: 0\r\ncontent-length: 0\r\n\r\n",
            "no header line": post + "Content-Length : 0\r\n\r\n",
            "the connection ended within a request": post + "Content-Length: 9\r\n\r\n{}",
            "there are bytes beyond the request": post + "Content-Length: 0\r\n\r\nGET",
            "there is no Host header": f"GET {NEXT} HTTP/1.1\r\n\r\n",
            "the request line is 'GET http://x": f"GET http://x{NEXT} HTTP/1.1\r\nHost: x\r\n\r\n",
            "HTTP/1.0'": f"GET {NEXT} HTTP/1.0\r\n\r\n",
            "there is no such call": "GET /2018-06-01/runtime/next HTTP/1.1\r\nHost: x\r\n\r\n",
            "`next` has a body": f"GET {NEXT} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n ",
        }
        for words, data in cases.items():
            with self.subTest(words):
                self.raw(data.encode())
                self.assert_caught(words)
                self.api.violations.clear()

    def test_bytes_sent_while_next_waits(self) -> None:
        with socket.create_connection(self.api.address.split(":"), timeout=20) as sock:
            sock.sendall(f"GET {NEXT} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            self.api.wait_idle()
            sock.sendall(b"G")
            self.assert_caught("bytes of another request")


class Addresses(unittest.TestCase):
    def test_the_id_is_one_segment_of_the_path(self) -> None:
        self.assertIsNotNone(ANSWER.fullmatch(f"{RUNTIME}/a-1/response"))
        self.assertIsNone(ANSWER.fullmatch(f"{RUNTIME}/a/../b/response"))

    def test_the_chunked_body_is_well_formed(self) -> None:
        body = json.dumps({"text": "x" * 5000}).encode()
        wire = Reply(body=body, chunked=True).framed_content()
        self.assertTrue(wire.startswith(b"1;note=1\r\n{\r\n3\r\n"))
        self.assertTrue(wire.endswith(b"\r\n0\r\nX-Trailer: 1\r\n\r\n"))


def ignoring(work: Callable[[], object]) -> None:
    """For calls that end when the server does."""
    try:
        work()
    except (OSError, http.client.HTTPException):
        pass


if __name__ == "__main__":
    unittest.main()
