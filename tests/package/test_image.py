"""The steps of Dockerfile and docker-compose.yml, run on this machine without Docker: Kinesis as its stage installs
it, the image's root with nothing in it but what is copied there, and the services in it, one after the other.

$KH_ZIP is what ./dev package made, which is what the stage `build` runs; test_package.py shows that it makes the
same in another folder. Entering the image's root needs root's rights: without them all is skipped, loudly.
"""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "stack"), str(ROOT / "tests/support")]

import boto3  # noqa: E402

import docker_files  # noqa: E402
import dynamodb_local  # noqa: E402
import kinesis_local  # noqa: E402
from local_server import CannotBeHad, die_with_parent, free_port  # noqa: E402

ZIP = pathlib.Path(os.environ["KH_ZIP"])
EMULATED = os.environ["KH_EMULATED"] == "1"
EXPECTED = json.loads((ROOT / "samples/expected.json").read_text())
BUNDLE = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
PATIENCE = 120.0


@unittest.skipIf(EMULATED, "the emulator of the processor would not be in the image")
@unittest.skipIf(os.geteuid() != 0, "only root may enter another root (chroot)")
class Composed(unittest.TestCase):
    def setUp(self) -> None:
        self.kinesis_stage, _, self.image = docker_files.stages()
        self.services = docker_files.compose()["services"]
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.folder.chmod(0o755)
        self.root = self.folder / "image"
        try:
            dynamodb = self.enterContext(dynamodb_local.Server())
        except CannotBeHad as reason:
            self.skipTest(str(reason))
        # The files' ports, and those that are free here.
        self.ports = {"8000": str(dynamodb.port), "4567": str(free_port()), "4568": str(free_port())}

    def here(self, text: str) -> str:
        for there, port in self.ports.items():
            text = text.replace(there, port)
        return text

    def environment(self, name: str) -> dict[str, str]:
        return {key: self.here(str(value))
                for key, value in self.services[name]["environment"].items()}

    # ---- The stage kinesis ----

    def install_kinesis(self) -> pathlib.Path:
        """Its RUN, in the folder that WORKDIR is here; where it is started from."""
        first, second = (self.folder / path.lstrip("/") for path in self.kinesis_stage.all("WORKDIR"))
        first.mkdir(parents=True)
        result = subprocess.run(["sh", "-c", self.kinesis_stage.one("RUN")], cwd=first,
                                capture_output=True, text=True, timeout=300)
        if result.returncode != 0:
            self.skipTest(f"npm says {result.stdout}{result.stderr}"[:500])
        return second

    def start_kinesis(self) -> None:
        log = self.enterContext(open(self.folder / "kinesis.log", "wb"))
        process = subprocess.Popen(
            self.kinesis_stage.command("CMD"), cwd=self.install_kinesis(), stdin=subprocess.DEVNULL,
            stdout=log, stderr=log, preexec_fn=die_with_parent,
            env={"PATH": os.environ["PATH"]} | self.environment("kinesis"))
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        check = [self.here(part) for part in self.services["kinesis"]["healthcheck"]["test"]]
        self.assertEqual("CMD", check.pop(0))
        self.wait_until(lambda: subprocess.run(check, capture_output=True).returncode == 0)

    # ---- The image ----

    def make_image(self) -> None:
        with zipfile.ZipFile(ZIP) as packed:
            executable = pathlib.Path(packed.extract("bootstrap", self.folder))
        for _, there, here in self.image.copies():
            target = self.root / here.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            if pathlib.Path(there) == BUNDLE:
                target.write_bytes(BUNDLE.read_bytes() if BUNDLE.exists() else b"")
            else:
                shutil.copy(executable, target)
                target.chmod(0o755)
        here, there, _ = self.services["samples"]["volumes"][0].split(":")
        shutil.copytree(ROOT / here, self.root / there.lstrip("/"))

    def enter(self) -> None:
        """In the child, between fork and exec."""
        user, group = map(int, self.image.one("USER").split(":"))
        os.chroot(self.root)
        os.chdir("/")
        os.setgroups([])
        os.setgid(group)
        os.setuid(user)

    def command(self, name: str) -> list[str]:
        return [*self.image.command("ENTRYPOINT"), *self.services[name]["command"]]

    def run_service(self, name: str) -> None:
        result = subprocess.run(self.command(name), env=self.environment(name), preexec_fn=self.enter,
                                stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                timeout=PATIENCE)
        self.assertEqual(0, result.returncode, f"{name}: {result.stdout}{result.stderr}")

    def start_worker(self) -> subprocess.Popen:
        log = self.enterContext(open(self.folder / "worker.log", "wb"))
        process = subprocess.Popen(self.command("worker"), env=self.environment("worker"),
                                   preexec_fn=self.enter, stdin=subprocess.DEVNULL, stdout=log,
                                   stderr=log)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    # ---- All of it ----

    def wait_until(self, condition) -> None:
        end = time.monotonic() + PATIENCE
        while not condition():
            logs = "".join(path.read_text()[-2000:] for path in self.folder.glob("*.log"))
            self.assertLess(time.monotonic(), end, logs)
            time.sleep(0.1)

    def sdk(self, service: str):
        environment = self.environment("worker")
        return boto3.client(service, region_name=environment["AWS_REGION"],
                            endpoint_url=environment[f"AWS_ENDPOINT_URL_{service.upper()}"],
                            aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
                            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"])

    def letters(self) -> list[dict]:
        streams = self.sdk("kinesis")
        iterator = streams.get_shard_iterator(
            StreamName="dead-letters", ShardId="shardId-000000000000",
            ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        return streams.get_records(ShardIterator=iterator)["Records"]

    def test_samples_become_rows_and_dead_letters(self) -> None:
        self.start_kinesis()
        self.make_image()
        self.run_service("tables")
        worker = self.start_worker()
        self.run_service("samples")
        items = self.sdk("dynamodb")
        keys = {each["userLimitId"] for each in EXPECTED["entities"]}
        self.wait_until(lambda: {item["userLimitId"]["S"] for item in
                                 items.scan(TableName="UserLimit")["Items"]} == keys)
        self.wait_until(lambda: len(self.letters()) == EXPECTED["deadLettered"])
        worker.send_signal(signal.SIGTERM)
        self.assertEqual(0, worker.wait(PATIENCE))


if __name__ == "__main__":
    unittest.main()
