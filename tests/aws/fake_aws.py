"""AWS on this machine: a service that verifies every signature, the container endpoint, and instance metadata.

What a service answers is scripted: one step for each request, "ok" when the script is over. It keeps what it
was sent. Everything is on 127.0.0.1, on a port of its own.
"""

import datetime
import email.utils
import json
import socket
import socketserver
import ssl
import struct
import threading
import time
import zlib

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

TOLERANCE_S = 300


class Step:
    """One answer of the service."""

    def __init__(self, body: bytes = b"{}", code: int = 200, headers: dict | None = None,
                 fault: str = "", cut: int = 0, wait: threading.Event | None = None) -> None:
        self.body, self.code, self.headers = body, code, headers or {}
        self.fault = fault  # "reset", "close", "cut", "crc", "stall", "trickle", "last"
        self.cut = cut      # so many bytes of the answer are sent, and no more
        self.wait = wait


def error(name: str, code: int = 400, message: str = "", **members: object) -> Step:
    body = {"__type": f"com.amazonaws.dynamodb.v20120810#{name}", "message": message} | members
    return Step(json.dumps(body).encode(), code)


class Keys:
    def __init__(self, key_id: str, secret: str, token: str = "") -> None:
        self.key_id, self.secret, self.token = key_id, secret, token
        self.expired = False

    def document(self, lifetime_s: float, **more: str) -> bytes:
        end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=lifetime_s)
        return json.dumps({"AccessKeyId": self.key_id, "SecretAccessKey": self.secret,
                           "Token": self.token,
                           "Expiration": end.strftime("%Y-%m-%dT%H:%M:%SZ")} | more).encode()


class Request:
    def __init__(self, method: str, path: str, headers: list, body: bytes) -> None:
        self.method, self.path, self.headers, self.body = method, path, headers, body

    def __getitem__(self, name: str) -> str:
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return ",".join(values)


class Handler(socketserver.BaseRequestHandler):
    server: "FakeAws"

    def setup(self) -> None:
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.data = b""

    def receive(self) -> Request | None:
        while b"\r\n\r\n" not in self.data:
            more = self.request.recv(65536)
            if not more:
                return None
            self.data += more
        head, self.data = self.data.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = [tuple(line.split(": ", 1)) for line in lines]
        method, path, _ = first.split(" ")
        request = Request(method, path, headers, b"")
        length = int(request["Content-Length"] or 0)
        while len(self.data) < length:
            more = self.request.recv(1 << 20)
            if not more:
                return None
            self.data += more
        request.body, self.data = self.data[:length], self.data[length:]
        return request

    def handle(self) -> None:
        try:
            while (request := self.receive()) is not None:
                if not self.answer(request):
                    return
        except (ConnectionError, OSError):
            pass

    def answer(self, request: Request) -> bool:
        """False: the connection is over."""
        step = self.server.step_for(request)
        if step.wait is not None:
            step.wait.wait(60)
        if step.fault == "reset":
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        if step.fault == "close":
            return False
        head = {"Date": email.utils.formatdate(self.server.now(), usegmt=True),
                "x-amzn-RequestId": "FAKE" + "0" * 20, "Content-Length": str(len(step.body))}
        if request.method == "POST":
            crc = zlib.crc32(step.body) ^ (1 if step.fault == "crc" else 0)
            head["x-amz-crc32"] = str(crc)
        lines = [f"HTTP/1.1 {step.code} Fake"]
        lines += [f"{name}: {value}" for name, value in (head | step.headers).items()]
        whole = "\r\n".join(lines).encode() + b"\r\n\r\n" + step.body
        if step.fault == "cut":
            self.request.sendall(whole[:step.cut])
            return False
        if step.fault == "stall":
            self.request.sendall(whole[:step.cut])
            self.server.over.wait(60)
            return False
        if step.fault == "trickle":
            for at in range(len(whole)):
                self.request.sendall(whole[at:at + 1])
            return True
        self.request.sendall(whole)
        return step.fault != "last"


class FakeAws(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 2048

    def __init__(self, *keys: Keys, ahead_s: float = 0,
                 tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.keys = {key.key_id: key for key in keys}
        self.ahead_s = ahead_s
        self.tls = tls
        self.script: list[Step] = []
        self.others: dict[tuple[str, str], object] = {}  # (method, path) → Step, or what makes one
        self.requests: list[Request] = []   # to the service
        self.asked: list[Request] = []      # for credentials
        self.faults: list[str] = []         # signatures that are wrong
        self.connections = 0

    def __enter__(self) -> "FakeAws":
        self.thread = threading.Thread(target=self.serve_forever, args=(0.02,))
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.shutdown()
        self.thread.join()
        self.server_close()

    def verify_request(self, *_: object) -> bool:
        self.connections += 1
        return True

    def finish_request(self, request: socket.socket, client_address: object) -> None:
        """In the thread of the connection."""
        if self.tls is None:
            super().finish_request(request, client_address)
            return
        try:
            with self.tls.wrap_socket(request, server_side=True) as secured:
                super().finish_request(secured, client_address)
        except OSError:
            pass  # refused by the client, which is what a test is about

    @property
    def url(self) -> str:
        host = "http://127.0.0.1" if self.tls is None else "https://localhost"
        return f"{host}:{self.server_address[1]}"

    def now(self) -> float:
        return time.time() + self.ahead_s

    def step_for(self, request: Request) -> Step:
        with self.lock:
            if request.method == "POST":
                self.requests.append(request)
                refused = self.check(request)
                if refused is not None:
                    return refused
                return self.serve(request)
            self.asked.append(request)
            other = self.others.get((request.method, request.path), Step(code=404))
        return other(request) if callable(other) else other

    def serve(self, request: Request) -> Step:
        return self.script.pop(0) if self.script else Step()

    def check(self, request: Request) -> Step | None:
        """As the service would, before it looks at anything else."""
        scope = request["Authorization"].split("Credential=")[1].split(",")[0].split("/")
        keys = self.keys.get(scope[0])
        if keys is None:
            return error("UnrecognizedClientException",
                         message="The security token included in the request is invalid.")
        if keys.expired:
            return error("ExpiredTokenException", message=f"expired: {keys.token}")
        date = request["X-Amz-Date"]
        sent = datetime.datetime.strptime(date + "+0000", "%Y%m%dT%H%M%SZ%z").timestamp()
        signed = request["Authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
        copy = AWSRequest("POST", f"http://{request['Host']}/", data=request.body)
        for name, value in request.headers:
            if name.lower() in signed:
                copy.headers.add_header(name, value)
        copy.context["timestamp"] = date
        signer = SigV4Auth(Credentials(keys.key_id, keys.secret), scope[3], scope[2])
        canonical = signer.canonical_request(copy)
        signature = signer.signature(signer.string_to_sign(copy, canonical), copy)
        must = {"host", "x-amz-date", "x-amz-target", "content-type", "amz-sdk-invocation-id",
                "amz-sdk-request"} | ({"x-amz-security-token"} if keys.token else set())
        if (not request["Authorization"].endswith(f"Signature={signature}")
                or not must <= set(signed) or request["X-Amz-Security-Token"] != keys.token):
            self.faults.append(f"{request['Authorization']}\n{canonical}")
            return error("InvalidSignatureException", 400,
                         "The Canonical String for this request should have been " + canonical)
        if abs(sent - self.now()) > TOLERANCE_S:
            return error("InvalidSignatureException", 400, f"Signature expired: {canonical}")
        return None

    # ---- Who gives credentials

    def serve_container(self, path: str, keys: Keys, lifetime_s: float = 3600) -> None:
        self.others["GET", path] = lambda _: Step(keys.document(lifetime_s))

    def serve_metadata(self, keys: Keys, lifetime_s: float = 3600, role: str = "a-role") -> None:
        folder = "/latest/meta-data/iam/security-credentials/"

        def with_token(step: Step):
            return lambda request: (step if request["X-aws-ec2-metadata-token"] == "SESSION=="
                                    else Step(code=401))

        self.others["PUT", "/latest/api/token"] = lambda request: (
            Step(b"SESSION==") if request["X-aws-ec2-metadata-token-ttl-seconds"] == "21600"
            else Step(code=400))
        self.others["GET", folder] = with_token(Step(role.encode()))
        self.others["GET", folder + role] = with_token(
            Step(keys.document(lifetime_s, Code="Success", Type="AWS-HMAC")))
