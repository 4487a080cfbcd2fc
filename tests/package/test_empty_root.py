"""What ./dev package made, in a root with nothing but itself, a CA bundle and /dev/null.

$KH_ZIP is what it made. Entering such a root needs root's rights: without them all is skipped, loudly.
"""

import os
import pathlib
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "tests/lambda"), str(ROOT / "tests/https")]

from events import batch, failures, hopeless, limit_created, progress_changed, sequence_number
from runtime_api import EXTENSION_NEXT, PATIENCE, RuntimeApi, Step
from tls_server import BODY, Authority, HttpsServer

ZIP = pathlib.Path(os.environ["KH_ZIP"])
HTTPS_GET = os.environ["KH_HTTPS_GET"]
EMULATED = os.environ["KH_EMULATED"] == "1"
CA_BUNDLE = "etc/ssl/certs/ca-certificates.crt"
MOST_RESIDENT_KB = 2 * 1024


@unittest.skipIf(EMULATED, "the emulator of the processor would not be in an empty root")
@unittest.skipIf(os.geteuid() != 0, "only root may enter another root (chroot)")
class EmptyRoot(unittest.TestCase):
    def setUp(self) -> None:
        self.outside = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.root = self.outside / "root"
        (self.root / "dev").mkdir(parents=True)
        os.mknod(self.root / "dev/null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))

    def enter(self) -> None:
        """In the child, between fork and exec."""
        os.chroot(self.root)
        os.chdir("/")

    def contents(self) -> set[str]:
        return {str(path.relative_to(self.root)) for path in self.root.rglob("*")
                if not path.is_dir()}


class Bootstrap(EmptyRoot):
    def setUp(self) -> None:
        super().setUp()
        self.assertTrue(ZIP.exists(), f"there is no {ZIP}: ./dev package")
        with zipfile.ZipFile(ZIP) as packed:
            packed.extract("bootstrap", self.root)
        (self.root / "bootstrap").chmod(0o755)
        bundle = self.root / CA_BUNDLE
        bundle.parent.mkdir(parents=True)
        bundle.write_bytes(Authority(self.outside, "Test CA").bundle.read_bytes())

    def start(self, api: RuntimeApi) -> subprocess.Popen:
        log = self.enterContext(open(self.outside / "log", "wb"))
        process = subprocess.Popen(
            ["/bootstrap"], preexec_fn=self.enter, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env={"AWS_LAMBDA_RUNTIME_API": api.address, "_HANDLER": "limits"})
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        api.runtime_ended = lambda: "" if process.poll() is None else (
            f"it ended with {process.poll()}: {(self.outside / 'log').read_text()}")
        return process

    def test_it_handles_invocations_and_ends_on_SIGTERM(self) -> None:
        self.assertEqual(self.contents(), {"bootstrap", CA_BUNDLE, "dev/null"})
        with RuntimeApi() as api:
            process = self.start(api)
            good, mixed, wrong = api.run(
                Step(event=batch(limit_created("e-1"), progress_changed("e-2"))),
                Step(event=batch(limit_created("e-3", "ul-3"), hopeless("e-4"), first=2)),
                Step(event=b"this is no JSON"))
            self.assertEqual(good.json(), failures())
            self.assertEqual(mixed.json(), failures(sequence_number(3)))
            self.assertEqual(wrong.kind, "error")
            self.assertEqual(len(api.calls(EXTENSION_NEXT)), 1, "no extension, so no SIGTERM")
            self.assertEqual(api.violations, [])
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(PATIENCE), 0)
        self.assertEqual(self.contents(), {"bootstrap", CA_BUNDLE, "dev/null"})

    def test_it_waits_for_its_first_event_in_little_memory(self) -> None:
        with RuntimeApi() as api:
            process = self.start(api)
            api.wait_idle()
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        resident = int(re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)[1])
        self.assertLessEqual(resident, MOST_RESIDENT_KB)

    def test_its_other_verbs_work_too(self) -> None:
        shutil.copy(ROOT / "samples/events.ndjson", self.root)
        for arguments, code in (["version"], 0), (["settings"], 0), (["validate", "events.ndjson"], 1):
            result = subprocess.run(["/bootstrap", *arguments], preexec_fn=self.enter, env={},
                                    capture_output=True, text=True, timeout=60)
            self.assertEqual(result.returncode, code, result.stderr)
            self.assertTrue(result.stdout)


class Https(EmptyRoot):
    """TLS as it is linked into the executable, from there."""

    def setUp(self) -> None:
        super().setUp()
        self.authority = Authority(self.outside, "Test CA")
        shutil.copy(HTTPS_GET, self.root / "https_get")

    def trust(self, authority: Authority) -> None:
        bundle = self.root / CA_BUNDLE
        bundle.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(authority.bundle, bundle)

    def get(self, host: str = "localhost") -> tuple[subprocess.CompletedProcess, list[str]]:
        """The client's result, and the requests that reached the server of this name."""
        with HttpsServer(self.authority.certificate(host)) as server:
            result = subprocess.run(["/https_get", f"https://localhost:{server.port}/"],
                                    preexec_fn=self.enter, env={}, capture_output=True, text=True,
                                    timeout=60)
        return result, server.requests

    def check_refused(self, words: str, host: str = "localhost") -> None:
        result, requests = self.get(host)
        self.assertEqual((result.returncode, result.stdout, requests), (1, "", []))
        self.assertIn(words, result.stderr)

    def test_a_server_of_the_right_authority_and_name_is_asked(self) -> None:
        self.trust(self.authority)
        result, requests = self.get()
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(result.stdout, f"200 {BODY.decode()}\n")
        self.assertEqual(requests, ["GET / HTTP/1.1"])

    def test_another_authority_is_refused(self) -> None:
        self.trust(Authority(self.outside, "Other CA"))
        self.check_refused("the server's certificate is not accepted")

    def test_another_host_name_is_refused(self) -> None:
        self.trust(self.authority)
        self.check_refused("the server's certificate is not accepted", host="example.com")

    def test_without_a_bundle_nobody_is_trusted(self) -> None:
        self.check_refused("no CA bundle: neither SSL_CERT_FILE nor AWS_CA_BUNDLE is set")


if __name__ == "__main__":
    unittest.main()
