"""A strict, scripted Lambda Runtime API on the loopback interface.

A test gives it `Step`s, one for each invocation, and starts a runtime against `address`. The server
hands out the events the way each step says (odd headers, split packets, dropped connections), gives
the scripted answers, keeps the state machine of the real API, and writes every breach of the
protocol by the runtime into `violations`.

    with RuntimeApi() as api:
        start_the_runtime(api.address)
        [invocation] = api.run(Step(event=b'{"Records":[]}'))
        assert invocation.json() == {"batchItemFailures": []}
        assert api.violations == []
"""

import collections
import enum
import json
import re
import select
import socket
import struct
import threading
import time
import uuid
from dataclasses import dataclass, field, replace
from typing import Any, Callable, Self

BODY_LIMIT = 6 * 1024 * 1024 + 100
HEAD_LIMIT = 64 * 1024
PATIENCE = 20.0

NEXT = "/2018-06-01/runtime/invocation/next"
INIT_ERROR = "/2018-06-01/runtime/init/error"
REGISTER = "/2020-01-01/extension/register"
EXTENSION_NEXT = "/2020-01-01/extension/event/next"

ANSWER = re.compile(r"/2018-06-01/runtime/invocation/([^/]*)/(response|error)")
REQUEST_LINE = re.compile(r"(GET|POST) (/[\x21-\x7e]*) HTTP/1\.1")
HANDED_OUT = re.compile(rb"Lambda-Runtime-Aws-Request-Id: (\S+)")
HEADER_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*")
ERROR_TYPE = re.compile(r"(Runtime|Function)\.[A-Z][a-zA-Z]+")

REASONS = {
    200: "OK", 202: "Accepted", 400: "Bad Request", 403: "Forbidden", 410: "Gone",
    413: "Request Entity Too Large", 500: "Internal Server Error",
}
ERROR_TYPES = {
    400: "InvalidRequestID", 403: "InvalidStateTransition", 410: "InvokeTimeout",
    413: "RequestEntityTooLarge", 500: "InternalServerError",
}

Headers = list[tuple[str, str]]


class Cut(enum.Enum):
    """Where a connection is dropped while the server writes a reply."""

    BEFORE_HEADERS = "before the headers"
    IN_HEADERS = "within the headers"
    AFTER_HEADERS = "after the headers"
    IN_BODY = "within the body"
    RESET = "by a reset, before the headers"


@dataclass
class Reply:
    """What the server writes, and how."""

    status: int = 200
    body: bytes | None = None          # None: the one that fits the status
    headers: Headers = field(default_factory=list)
    name_case: Callable[[str], str] = str
    chunked: bool = False
    piece: int = 0                     # bytes in one packet; 0: all at once
    cut: Cut | None = None
    close: bool = False                # closed afterwards, without a word
    raw: bytes | None = None           # written instead of all the above
    delay: float = 0.0                 # seconds before the first byte
    hold: threading.Event | None = None    # no byte before this is set

    def content(self) -> bytes:
        if self.body is not None:
            return self.body
        if self.status in ERROR_TYPES:
            kind = ERROR_TYPES[self.status]
            return json.dumps({"errorMessage": "scripted", "errorType": kind}).encode()
        return b'{"status":"OK"}\n'

    def head(self) -> bytes:
        framing = ("Transfer-Encoding", "chunked")
        if not self.chunked:
            framing = ("Content-Length", str(len(self.content())))
        lines = [f"HTTP/1.1 {self.status} {REASONS.get(self.status, 'Other')}"]
        lines += [f"{self.name_case(name)}: {value}" for name, value in [*self.headers, framing]]
        return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape")

    def framed_content(self) -> bytes:
        content = self.content()
        return chunks(content) if self.chunked else content


def chunks(content: bytes) -> bytes:
    """The content in chunks of changing size, with an extension here and a trailer there."""
    out, position, size = [], 0, 1
    while position < len(content):
        part = content[position:position + size]
        extension = b";note=1" if size == 1 else b""
        out.append(b"%x%s\r\n%s\r\n" % (len(part), extension, part))
        position += size
        size = min(size * 3, 65536)
    return b"".join([*out, b"0\r\nX-Trailer: 1\r\n\r\n"])


@dataclass
class Step:
    """One invocation: how the event is handed out, and what its answer is answered with."""

    event: bytes = b'{"Records":[]}'
    request_id: str | None = field(default_factory=lambda: str(uuid.uuid4()))
    deadline: str | None = None        # None: `remaining` seconds from now
    remaining: float | None = 60.0     # None: no deadline header at all
    headers: Headers = field(default_factory=list)
    delivery: Reply = field(default_factory=Reply)
    faults: list[Cut | Reply] = field(default_factory=list)   # replies to `next` before this one
    answer: Reply = field(default_factory=lambda: Reply(status=202))

    def reply(self) -> Reply:
        """The reply to `next`, with the headers of the invocation."""
        headers: Headers = [("Content-Type", "application/json")]
        if self.request_id is not None:
            headers.append(("Lambda-Runtime-Aws-Request-Id", self.request_id))
        deadline = self.deadline_text()
        if deadline is not None:
            headers.append(("Lambda-Runtime-Deadline-Ms", deadline))
        arn = "arn:aws:lambda:eu-west-1:111122223333:function:limits:live"
        headers += [("Lambda-Runtime-Invoked-Function-Arn", arn), *self.headers]
        return replace(self.delivery, headers=headers + self.delivery.headers, body=self.event)

    def fault(self, fault: Cut | Reply) -> Reply:
        return replace(self.reply(), cut=fault) if isinstance(fault, Cut) else fault

    def deadline_text(self) -> str | None:
        if self.deadline is not None:
            return self.deadline
        if self.remaining is None:
            return None
        return str(int((time.time() + self.remaining) * 1000))


@dataclass
class Invocation:
    """An event that was handed out, and what came back."""

    step: Step
    connection: int                    # the number of the connection it went out on
    kind: str = ""                     # "response" or "error"; "": not answered
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    answered_on: int = 0
    repeats: int = 0                   # answers sent again because the reply to one was cut off

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    connection: int


class Gone(Exception):
    """The connection is of no use any more."""


class Connection:
    """One accepted connection: reads requests strictly, writes replies as scripted."""

    def __init__(self, sock: socket.socket, number: int, note: Callable[[str], None]) -> None:
        self.sock = sock
        self.number = number
        self.note = note
        self.buffer = b""
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def read_request(self) -> Request:
        head = self.read_head()
        lines = head.decode("latin-1").split("\r\n")
        match = REQUEST_LINE.fullmatch(lines[0])
        if match is None:
            self.refuse(f"the request line is {lines[0]!r}")
        method, path = match.groups()
        headers = self.read_headers(lines[1:], f"{method} {path}")
        return Request(method, path, headers, self.read_body(method, path, headers), self.number)

    def read_head(self) -> bytes:
        while b"\r\n\r\n" not in self.buffer:
            if len(self.buffer) > HEAD_LIMIT:
                self.refuse("the headers are endless")
            self.receive()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        return head

    def read_headers(self, lines: list[str], call: str) -> dict[str, str]:
        headers: dict[str, str] = {}
        for line in lines:
            match = HEADER_LINE.fullmatch(line)
            if match is None:
                self.refuse(f"{call}: no header line: {line!r}")
            name = match[1].lower()
            if name in headers:
                self.note(f"{call}: the header {name} comes twice")
            headers[name] = match[2]
        if "host" not in headers:
            self.note(f"{call}: there is no Host header")
        if "expect" in headers:
            self.note(f"{call}: there is an Expect header")
        return headers

    def read_body(self, method: str, path: str, headers: dict[str, str]) -> bytes:
        if "transfer-encoding" in headers:
            self.refuse(f"{method} {path}: the body comes with a Transfer-Encoding")
        length = headers.get("content-length")
        if length is None:
            if method == "POST":
                self.refuse(f"{method} {path}: there is no Content-Length")
            return b""
        if not re.fullmatch(r"[0-9]{1,12}", length):
            self.refuse(f"{method} {path}: the Content-Length is {length!r}")
        while len(self.buffer) < int(length):
            self.receive()
        body, self.buffer = self.buffer[:int(length)], self.buffer[int(length):]
        if self.buffer:
            self.note(f"{method} {path}: there are bytes beyond the request")
        return body

    def receive(self) -> None:
        try:
            data = self.sock.recv(1 << 20)
        except OSError as error:
            raise Gone from error
        if not data:
            if self.buffer:
                self.note("the connection ended within a request")
            raise Gone
        self.buffer += data

    def refuse(self, violation: str) -> None:
        """For breaches after which the bytes that follow mean nothing."""
        self.note(violation)
        raise Gone

    def write(self, reply: Reply) -> None:
        time.sleep(reply.delay)
        if reply.hold is not None:
            reply.hold.wait(PATIENCE)
        try:
            self.send(self.wire(reply), reply.piece)
        except OSError as error:
            raise Gone from error
        if reply.cut == Cut.RESET:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if reply.close or reply.cut is not None:
            raise Gone

    @staticmethod
    def wire(reply: Reply) -> bytes:
        """All the bytes that this reply sends."""
        if reply.raw is not None:
            return reply.raw
        head, body = reply.head(), reply.framed_content()
        if reply.cut in (Cut.BEFORE_HEADERS, Cut.RESET):
            return b""
        if reply.cut == Cut.IN_HEADERS:
            return head[:len(head) // 2]
        if reply.cut == Cut.AFTER_HEADERS:
            return head
        if reply.cut == Cut.IN_BODY:
            return head + body[:len(body) // 2]
        return head + body

    def send(self, data: bytes, piece: int) -> None:
        size = piece or max(len(data), 1)
        for position in range(0, len(data), size):
            self.sock.sendall(data[position:position + size])
            if piece:
                time.sleep(0.0003)  # lets the packet go out on its own; nothing depends on it

    def peer_is_gone(self) -> bool:
        """Looks, without waiting, whether the peer closed or sent what it should not have."""
        if not select.select([self.sock], [], [], 0)[0]:
            return False
        try:
            data = self.sock.recv(1, socket.MSG_PEEK)
        except OSError:
            return True
        if data:
            self.note("there are bytes of another request while the reply to `next` is due")
        return True

    def close(self) -> None:
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def release(self) -> None:
        self.sock.close()


class RuntimeApi:
    """The server. All fields may be read by tests; `changed` guards them."""

    def __init__(self, concurrency: int = 1, register: Reply | None = None,
                 init_error: Reply | None = None) -> None:
        self.concurrency = concurrency
        self.runtime_ended: Callable[[], str] = str  # why no more calls will come
        self.register_reply = register or Reply(
            headers=[("Lambda-Extension-Identifier", str(uuid.uuid4()))],
            body=b'{"functionName":"limits","functionVersion":"1","handler":"none"}')
        self.init_error_reply = init_error or Reply(status=202)
        self.changed = threading.Condition()
        self.violations: list[str] = []
        self.requests: list[Request] = []
        self.invocations: list[Invocation] = []
        self.broken: set[bytes] = set()              # ids of broken deliveries: errors are allowed
        self.waiting: set[Connection] = set()        # those whose `next` has no reply yet
        self.extensions: set[Connection] = set()     # those in extension/event/next
        self.most_waiting = 0
        self.steps: collections.deque[Step] = collections.deque()
        self.over = ""                               # why no further call may come
        self.stopped = False
        self.connections: dict[Connection, threading.Thread] = {}
        self.accepted = 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.acceptor = threading.Thread(target=self.accept, daemon=True)

    # What tests call.

    def __enter__(self) -> Self:
        self.acceptor.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self.changed:
            self.stopped = True
            threads = list(self.connections.values())
            for connection in self.connections:
                connection.close()
            self.changed.notify_all()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.acceptor.join(PATIENCE)
        self.listener.close()
        for thread in threads:
            thread.join(PATIENCE)

    def push(self, *steps: Step) -> None:
        with self.changed:
            self.steps.extend(steps)
            self.changed.notify_all()

    def run(self, *steps: Step) -> list[Invocation]:
        """Hands out the events; returns when all are answered and the runtime asks for more."""
        first = len(self.invocations)
        self.push(*steps)
        self.wait("all answers, and `next` after them",
                  lambda: self.answered() >= first + len(steps) and bool(self.waiting))
        return self.invocations[first:]

    def wait(self, what: str, condition: Callable[[], bool], patience: float = PATIENCE) -> None:
        end = time.monotonic() + patience
        with self.changed:
            while not condition():
                if self.violations:
                    raise AssertionError(f"protocol violations: {self.violations}")
                ended = self.runtime_ended()
                if ended and not self.changed.wait_for(condition, 0.5):
                    raise AssertionError(f"{ended} before {what}; {self.summary()}")
                if time.monotonic() > end:
                    raise AssertionError(f"waited in vain for {what}; {self.summary()}")
                self.changed.wait(0.05)

    def wait_idle(self) -> None:
        """Until the runtime is in `next` and nothing is to be handed out."""
        self.wait("`next`", lambda: bool(self.waiting) and not self.steps)

    def close_idle_connections(self) -> None:
        """What a peer does whose idle limit is over: calls that wait end without a byte."""
        with self.changed:
            for connection in self.waiting | self.extensions:
                connection.close()
            self.waiting.clear()
            self.extensions.clear()
            self.changed.notify_all()

    def answered(self) -> int:
        return sum(1 for each in self.invocations if each.kind)

    def calls(self, path: str) -> list[Request]:
        with self.changed:
            return [each for each in self.requests if each.path == path]

    def summary(self) -> str:
        calls = [f"{each.method} {each.path}" for each in self.requests[-8:]]
        return (f"{self.answered()} of {len(self.invocations)} answered, {len(self.waiting)} in "
                f"next, {len(self.steps)} steps left, last calls {calls}")

    # Connections.

    def accept(self) -> None:
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            with self.changed:
                self.accepted += 1
                connection = Connection(sock, self.accepted, self.note)
                thread = threading.Thread(target=self.serve, args=[connection], daemon=True)
                self.connections[connection] = thread
                if self.stopped:
                    connection.close()
                thread.start()

    def serve(self, connection: Connection) -> None:
        try:
            while True:
                request = connection.read_request()
                self.handle(connection, request)
                if request.headers.get("connection", "").lower() == "close":
                    return
        except Gone:
            pass
        finally:
            with self.changed:
                self.connections.pop(connection, None)
                self.waiting.discard(connection)
                self.extensions.discard(connection)
                self.changed.notify_all()
            connection.release()

    def note(self, violation: str) -> None:
        with self.changed:
            if not self.stopped:
                self.violations.append(violation)
                self.changed.notify_all()

    def handle(self, connection: Connection, request: Request) -> None:
        with self.changed:
            self.requests.append(request)
            self.changed.notify_all()
        call = (request.method, request.path)
        match = ANSWER.fullmatch(request.path)
        if self.over and not self.is_allowed_after_the_end(request):
            self.note(f"{request.method} {request.path} after {self.over}")
        if call == ("GET", NEXT):
            self.handle_next(connection, request)
        elif request.method == "POST" and match:
            connection.write(self.handle_answer(request, match[1], match[2]))
        elif call == ("POST", INIT_ERROR):
            connection.write(self.handle_init_error(request))
        elif call == ("POST", REGISTER):
            connection.write(self.handle_register(request))
        elif call == ("GET", EXTENSION_NEXT):
            self.handle_extension_next(connection, request)
        else:
            self.note(f"there is no such call: {request.method} {request.path}")
            connection.write(Reply(status=404, body=b"404 page not found\n"))

    def is_allowed_after_the_end(self, request: Request) -> bool:
        """The extension's thread may be late; an init error whose reply was cut may be repeated."""
        repeated = request.path == INIT_ERROR and self.init_error_reply.cut is not None
        return request.path == EXTENSION_NEXT or repeated

    # Calls.

    def handle_next(self, connection: Connection, request: Request) -> None:
        if request.body:
            self.note("`next` has a body")
        self.enter_next(connection)
        reply = self.take_delivery(connection)
        self.end_after(reply, "`next`")
        connection.write(reply)

    def enter_next(self, connection: Connection) -> None:
        with self.changed:
            self.waiting.add(connection)
            self.most_waiting = max(self.most_waiting, len(self.waiting))
            unanswered = sum(1 for each in self.invocations if not each.kind)
            if len(self.waiting) + unanswered > self.concurrency:
                self.note(f"`next` while {unanswered} invocations are open and "
                          f"{len(self.waiting) - 1} other `next`: more than {self.concurrency}")
            self.changed.notify_all()

    def take_delivery(self, connection: Connection) -> Reply:
        """Waits for something to hand out; the reply to `next`."""
        with self.changed:
            while not self.steps or connection not in self.waiting:
                if self.stopped or connection not in self.waiting or connection.peer_is_gone():
                    raise Gone
                self.changed.wait(0.02)
            self.waiting.discard(connection)
            if self.steps[0].faults:
                fault = self.steps[0].fault(self.steps[0].faults.pop(0))
                self.broken |= set(HANDED_OUT.findall(fault.raw or fault.head()))
                return fault
            step = self.steps.popleft()
            self.invocations.append(Invocation(step, connection.number))
            return step.reply()

    def handle_answer(self, request: Request, request_id: str, kind: str) -> Reply:
        check_answer(request, kind, self.note)
        with self.changed:
            known = [each for each in self.invocations if each.step.request_id == request_id]
            if not known and kind == "error" and request_id.encode() in self.broken:
                return Reply(status=202)
            if not known:
                self.note(f"an answer for {request_id!r}, which was never handed out")
                return Reply(status=400)
            invocation = known[-1]
            if invocation.kind:
                return self.repeated_answer(invocation, kind)
            invocation.kind = kind
            invocation.body = request.body
            invocation.headers = request.headers
            invocation.answered_on = request.connection
            self.changed.notify_all()
        reply = invocation.step.answer
        if len(request.body) > BODY_LIMIT:
            reply = Reply(status=413)
        self.end_after(reply, f"the {kind}")
        return reply

    def repeated_answer(self, invocation: Invocation, kind: str) -> Reply:
        """Allowed only to a runtime that could not see the reply to the first."""
        if invocation.step.answer.cut is not None and kind == invocation.kind:
            invocation.repeats += 1
        else:
            status = invocation.step.answer.status
            self.note(f"{kind} after the {invocation.kind}, which was answered with {status}")
        return Reply(status=400)

    def end_after(self, reply: Reply, call: str) -> None:
        if reply.status in (403, 500) and reply.raw is None and reply.cut is None:
            self.over = f"{call} was answered with {reply.status}"

    def handle_init_error(self, request: Request) -> Reply:
        check_error(request, "init/error", self.note)
        if any(each.path == NEXT for each in self.requests):
            self.note("init/error after `next`")
            return Reply(status=403)
        self.over = "init/error"
        return self.init_error_reply

    def handle_register(self, request: Request) -> Reply:
        if not request.headers.get("lambda-extension-name"):
            self.note("extension/register without Lambda-Extension-Name")
        if parsed(request.body) != {"events": []}:
            self.note(f"extension/register with the body {request.body!r}")
        if any(each.path == NEXT for each in self.requests):
            self.note("extension/register after `next`")
        if len(self.calls(REGISTER)) > 1 and self.register_reply.cut is None:
            self.note("extension/register twice")
        return self.register_reply

    def handle_extension_next(self, connection: Connection, request: Request) -> None:
        """Blocks for ever: an internal extension is sent no events."""
        given = dict(self.register_reply.headers).get("Lambda-Extension-Identifier")
        if given is None or request.headers.get("lambda-extension-identifier") != given:
            self.note("extension/event/next without the Lambda-Extension-Identifier it was given")
        with self.changed:
            self.extensions.add(connection)
            self.changed.notify_all()
        while not connection.peer_is_gone():
            with self.changed:
                if self.stopped:
                    break
                self.changed.wait(0.05)
        raise Gone


# The rules for what a runtime sends.

def parsed(body: bytes) -> Any:
    """The JSON value, or None when it is none."""
    try:
        return json.loads(body.decode("utf-8"))
    except ValueError:
        return None


def check_answer(request: Request, kind: str, note: Callable[[str], None]) -> None:
    if kind == "error":
        check_error(request, kind, note)
        return
    if "lambda-runtime-function-response-mode" in request.headers:
        note("a response with a response mode")
    check_json(request, kind, note)


def check_json(request: Request, kind: str, note: Callable[[str], None]) -> Any:
    content_type = request.headers.get("content-type")
    if content_type != "application/json":
        note(f"the Content-Type of the {kind} is {content_type!r}")
    value = parsed(request.body)
    if value is None:
        note(f"the {kind} is no JSON in UTF-8: {request.body[:200]!r}")
    return value


def check_error(request: Request, kind: str, note: Callable[[str], None]) -> None:
    error_type = request.headers.get("lambda-runtime-function-error-type", "")
    if not ERROR_TYPE.fullmatch(error_type):
        note(f"the Lambda-Runtime-Function-Error-Type of the {kind} is {error_type!r}")
    value = check_json(request, kind, note)
    members = value if isinstance(value, dict) else {}
    for name in ("errorMessage", "errorType"):
        if not isinstance(members.get(name), str) or not members[name]:
            note(f"the {kind} has no {name}: {request.body[:200]!r}")
