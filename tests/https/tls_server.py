"""Certificate authorities, certificates and https servers on the loopback interface, for tests.

    authority = Authority(folder, "Test CA")
    with HttpsServer(authority.certificate("localhost")) as server:
        ...  # https://localhost:{server.port}/ answers b"hello" to those that trust authority.bundle
"""

import http.server
import pathlib
import ssl
import subprocess
import threading
from dataclasses import dataclass
from typing import Any, Self

BODY = b"hello"
KINDS = {"EC": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "RSA": ["rsa:2048"]}


def openssl(*arguments: object) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


@dataclass
class Certificate:
    chain: pathlib.Path
    key: pathlib.Path


class Authority:
    """A certificate authority; `bundle` is its own certificate."""

    def __init__(self, folder: pathlib.Path, name: str) -> None:
        self.folder = folder / name.replace(" ", "-")
        self.folder.mkdir()
        self.bundle, self.key = self.folder / "ca.pem", self.folder / "ca.key"
        self.count = 0
        openssl("req", "-x509", "-newkey", *KINDS["EC"], "-nodes", "-days", 2, "-subj", f"/CN={name}",
                "-keyout", self.key, "-out", self.bundle)

    def certificate(self, host: str, kind: str = "EC", expired: bool = False) -> Certificate:
        self.count += 1
        stem = self.folder / f"{self.count}"
        request, extensions = stem.with_suffix(".csr"), stem.with_suffix(".ext")
        made = Certificate(stem.with_suffix(".pem"), stem.with_suffix(".key"))
        openssl("req", "-newkey", *KINDS[kind], "-nodes", "-subj", f"/CN={host}",
                "-keyout", made.key, "-out", request)
        extensions.write_text(f"subjectAltName=DNS:{host}\nbasicConstraints=CA:FALSE\n")
        openssl("x509", "-req", "-in", request, "-CA", self.bundle, "-CAkey", self.key,
                "-CAcreateserial", "-days", -1 if expired else 2, "-extfile", extensions,
                "-out", made.chain)
        return made


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_: Any) -> None:
        self.server.requests.append(self.requestline)


class HttpsServer(http.server.ThreadingHTTPServer):
    """Answers every GET; `requests` are the request lines that came."""

    def __init__(self, certificate: Certificate, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
                 ) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[str] = []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if newest < ssl.TLSVersion.TLSv1_2:
            self.context.set_ciphers("ALL:@SECLEVEL=0")
            self.context.minimum_version = newest
        self.context.maximum_version = newest
        self.context.load_cert_chain(certificate.chain, certificate.key)

    @property
    def port(self) -> int:
        return self.server_address[1]

    def finish_request(self, request: Any, client_address: Any) -> None:
        """In the thread of the connection: handshakes that fail concern nobody else."""
        request.settimeout(10)
        try:
            with self.context.wrap_socket(request, server_side=True) as secured:
                super().finish_request(secured, client_address)
        except OSError:
            pass  # refused by the client, which is what some tests are about

    def __enter__(self) -> Self:
        self.thread = threading.Thread(target=self.serve_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *arguments: object) -> None:
        self.shutdown()
        self.thread.join()
        super().__exit__(*arguments)
