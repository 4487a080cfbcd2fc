"""The HTTP client over TLS: whom it trusts, and what it says of those it does not.

The client is $KH_HTTPS_GET, a small program around src/http/http_client.c.
"""

import os
import pathlib
import ssl
import subprocess
import tempfile
import unittest

from tls_server import BODY, Authority, HttpsServer

CLIENT = os.environ["KH_HTTPS_GET"]
KEPT = ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "PATH")
NOT_ACCEPTED = "the server's certificate is not accepted: "


class Https(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.authority = Authority(cls.folder, "Test CA")
        cls.other = Authority(cls.folder, "Other CA")
        cls.good = cls.authority.certificate("localhost")

    def get(self, url: str, **environment: str) -> subprocess.CompletedProcess:
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        return subprocess.run([CLIENT, url], env=kept | environment, capture_output=True, text=True,
                              timeout=60)

    def get_from(self, server: HttpsServer, bundle: object = None) -> subprocess.CompletedProcess:
        with server:
            return self.get(f"https://localhost:{server.port}/",
                            SSL_CERT_FILE=str(bundle or self.authority.bundle))

    def check_refused(self, result: subprocess.CompletedProcess, server: HttpsServer,
                      words: str) -> None:
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertTrue(result.stderr.startswith("IO: "), result.stderr)
        self.assertIn(words, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertEqual(server.requests, [], "a request was sent to a server that is not trusted")

    def check_answered(self, result: subprocess.CompletedProcess, server: HttpsServer) -> None:
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(result.stdout, f"200 {BODY.decode()}\n")
        self.assertEqual(server.requests, ["GET / HTTP/1.1"])

    def test_a_server_with_a_good_certificate_is_asked(self) -> None:
        for kind in ("EC", "RSA"):
            for newest in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
                with self.subTest(kind=kind, newest=newest.name):
                    server = HttpsServer(self.authority.certificate("localhost", kind), newest)
                    self.check_answered(self.get_from(server), server)

    def test_the_second_variable_for_the_bundle_is_read_too(self) -> None:
        with HttpsServer(self.good) as server:
            result = self.get(f"https://localhost:{server.port}/",
                              AWS_CA_BUNDLE=str(self.authority.bundle))
        self.check_answered(result, server)

    def test_an_unknown_authority_is_refused(self) -> None:
        server = HttpsServer(self.other.certificate("localhost"))
        result = self.get_from(server)
        self.check_refused(result, server, NOT_ACCEPTED)
        self.assertIn(f"CA bundle: {self.authority.bundle}", result.stderr)

    def test_another_host_name_is_refused(self) -> None:
        for host in ("example.com", "localhost.example.com", "ocalhost"):
            with self.subTest(host=host):
                server = HttpsServer(self.authority.certificate(host))
                self.check_refused(self.get_from(server), server, NOT_ACCEPTED)

    def test_a_certificate_that_is_over_is_refused(self) -> None:
        server = HttpsServer(self.authority.certificate("localhost", expired=True))
        self.check_refused(self.get_from(server), server, NOT_ACCEPTED)

    def test_an_old_tls_is_refused(self) -> None:
        server = HttpsServer(self.good, ssl.TLSVersion.TLSv1_1)
        self.check_refused(self.get_from(server), server, "")

    def test_a_bundle_that_is_none_is_told(self) -> None:
        bundle = self.folder / "no-bundle.pem"
        bundle.write_text("this is no certificate\n")
        server = HttpsServer(self.good)
        self.check_refused(self.get_from(server, bundle), server,
                           f"the CA bundle {bundle} can't be used")

    def test_a_bundle_that_is_not_there_is_a_bad_setting(self) -> None:
        missing = self.folder / "missing.pem"
        server = HttpsServer(self.good)
        result = self.get_from(server, missing)
        self.assertEqual(result.returncode, 1)
        self.assertTrue(result.stderr.startswith(f"BAD_SETTING: SSL_CERT_FILE: {missing}"),
                        result.stderr)

    def test_nothing_goes_out_in_the_clear(self) -> None:
        result = self.get("http://localhost:9/", SSL_CERT_FILE=str(self.authority.bundle))
        self.assertEqual(result.returncode, 1)
        self.assertIn('"http"', result.stderr.replace("'", '"'))


if __name__ == "__main__":
    unittest.main()
