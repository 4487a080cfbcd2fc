"""Dockerfile and docker-compose.yml agree with each other, with the program, and with ./dev."""

import json
import os
import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "stack"), str(ROOT / "tests/support")]

import docker_files  # noqa: E402
import dynamodb_local  # noqa: E402
import kinesis_local  # noqa: E402
from local_server import CannotBeHad  # noqa: E402

PROGRAM = os.environ["KH_PROGRAM"]


def ask(*arguments: str) -> str:
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=True).stdout


class Image(unittest.TestCase):
    def setUp(self) -> None:
        self.kinesis, self.build, self.image = docker_files.stages()

    def test_it_holds_the_executable_and_a_bundle_that_is_looked_for_and_nothing_else(self) -> None:
        self.assertEqual(("scratch", ""), (self.image.base, self.image.name))
        self.assertEqual({"COPY", "USER", "ENTRYPOINT"}, {name for name, _ in self.image.steps})
        (_, bundle, there), (_, executable, program) = self.image.copies()
        self.assertEqual(bundle, there)
        self.assertIn(f'"{bundle}"', (ROOT / "src/http/ca_bundle.c").read_text())
        self.assertEqual([program], self.image.command("ENTRYPOINT"))
        self.assertEqual("build", self.build.name)
        self.assertIn(pathlib.PurePath(executable).name, self.build.all("RUN")[-1])

    def test_its_user_is_not_root(self) -> None:
        user, group = self.image.one("USER").split(":")
        self.assertGreater(min(int(user), int(group)), 0)

    def test_it_is_built_by_dev_package_for_the_machine_at_hand(self) -> None:
        packages, package = self.build.all("RUN")
        self.assertRegex(packages, r"^apt-get update && apt-get install .* ca-certificates$")
        self.assertTrue(package.startswith("./dev package --arch "))
        chosen = re.search(r"\$\((.*?)\)", package)[1]
        for machine, architecture in ("x86_64", "x86_64"), ("aarch64", "arm64"):
            made = subprocess.run(["sh", "-c", chosen.replace("uname -m", f"echo {machine}")],
                                  capture_output=True, text=True, check=True).stdout.strip()
            self.assertEqual(architecture, made)

    def test_what_is_private_or_old_stays_outside(self) -> None:
        ignored = (ROOT / ".dockerignore").read_text().split()
        self.assertLessEqual({".git", "build", "config/.env", "dead-letters.ndjson"}, set(ignored))

    def test_the_servers_are_those_of_dev_up(self) -> None:
        self.assertTrue(self.kinesis.one("RUN").endswith(
            f"kinesis-local@{kinesis_local.VERSIONS['kinesis-local']}"))
        self.assertEqual(f"amazon/dynamodb-local:{dynamodb_local.VERSION}",
                         docker_files.compose()["services"]["dynamodb"]["image"])


class Compose(unittest.TestCase):
    def setUp(self) -> None:
        self.services = docker_files.compose()["services"]
        self.ours = {name: service for name, service in self.services.items()
                     if service.get("image") == "kinesis-handler"}

    def test_what_is_built_is_there(self) -> None:
        names = {stage.name for stage in docker_files.stages()}
        for service in self.services.values():
            build = service.get("build", ".")
            if build != ".":
                self.assertEqual(".", build["context"])
                self.assertIn(build["target"], names)

    def test_commands_are_those_of_the_program(self) -> None:
        self.assertEqual({"tables", "worker", "samples"}, set(self.ours))
        for service in self.ours.values():
            verb, *arguments = service["command"]
            text = ask(verb, "--help")
            for option in arguments:
                if option.startswith("--"):
                    self.assertIn(option, text)

    def test_settings_are_known(self) -> None:
        settings = {row["name"] for row in json.loads(ask("settings", "--json"))}
        read = {name for path in (ROOT / "src").rglob("*.[ch]")
                for name in re.findall(r"AWS_[A-Z_0-9]+", path.read_text())}
        for service in self.ours.values():
            for name in service["environment"]:
                if name.startswith("AWS_ENDPOINT_URL_"):
                    self.assertIn(name.removeprefix("AWS_ENDPOINT_URL_"), ("KINESIS", "DYNAMODB"))
                elif name.startswith("AWS_"):
                    self.assertIn(name, read)
                else:
                    self.assertIn(name, settings)

    def test_the_emulator_knows_its_settings(self) -> None:
        try:
            text = (kinesis_local.find_package() / "README.md").read_text()
        except CannotBeHad as reason:
            self.skipTest(str(reason))
        for name in self.services["kinesis"]["environment"]:
            self.assertIn(name, text)

    def test_addresses_lead_to_the_servers_and_only_from_this_machine(self) -> None:
        environment = self.ours["worker"]["environment"]
        kinesis = self.services["kinesis"]["environment"]["KINESIS_MOCK_PLAIN_PORT"]
        dynamodb = re.search(r"-port (\d+)", self.services["dynamodb"]["command"])[1]
        self.assertEqual(f"http://127.0.0.1:{kinesis}", environment["AWS_ENDPOINT_URL_KINESIS"])
        self.assertEqual(f"http://127.0.0.1:{dynamodb}", environment["AWS_ENDPOINT_URL_DYNAMODB"])
        self.assertEqual({f"127.0.0.1:{port}:{port}" for port in (kinesis, dynamodb)},
                         set(self.services["dynamodb"]["ports"]))
        for name, service in self.services.items():
            self.assertEqual(None if name == "dynamodb" else "service:dynamodb",
                             service.get("network_mode"))

    def test_streams_that_are_used_are_made(self) -> None:
        made = {each.partition(":")[0]
                for each in self.services["kinesis"]["environment"]["INITIALIZE_STREAMS"].split(",")}
        used = {service["command"][service["command"].index("--stream") + 1]
                for service in self.ours.values() if "--stream" in service["command"]}
        letters = self.ours["worker"]["environment"]["DEAD_LETTER"].removeprefix("kinesis:")
        self.assertEqual(made, used | {letters})

    def test_who_waits_for_somebody_can_do_so(self) -> None:
        for service in self.services.values():
            needed = service.get("depends_on", {})
            for name in needed:
                self.assertIn(name, self.services)
                if isinstance(needed, dict) and needed[name]["condition"] == "service_healthy":
                    self.assertIn("healthcheck", self.services[name])

    def test_folders_that_are_lent_are_there(self) -> None:
        [volume] = self.services["samples"]["volumes"]
        here, there, mode = volume.split(":")
        self.assertTrue((ROOT / here).is_dir())
        self.assertEqual("ro", mode)
        file = pathlib.PurePath(self.services["samples"]["command"][1])
        self.assertTrue((ROOT / here / file.relative_to(there)).is_file())


if __name__ == "__main__":
    unittest.main()
