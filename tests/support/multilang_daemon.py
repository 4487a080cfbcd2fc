"""The Kinesis Client Library's MultiLangDaemon for tests: obtained once, run against servers of this machine.

    with Daemon(kinesis, dynamodb, properties, folder) as daemon:
        ... daemon.text() ... daemon.stop() ...

It needs Java and Maven, as dynamodb_local.py does, and openssl. `kinesis` and `dynamodb` are the servers of
kinesis_local.py and dynamodb_local.py. The library speaks to Kinesis by HTTP/2 with TLS and by nothing else, which no
emulator does: so there is a front that does.
"""

import pathlib
import shutil
import signal
import subprocess

import dynamodb_local
import kinesis_local
import local_server

VERSION = "3.1.3"
ARTIFACT = ("software.amazon.kinesis", "amazon-kinesis-client-multilang", VERSION)
MAIN_CLASS = "software.amazon.kinesis.multilang.MultiLangDaemon"
PASSWORD = "made-up"
STOP_SECONDS = 90
FRONT = pathlib.Path(__file__).resolve().with_name("http2_front.cjs")

# What the library would do in minutes is done in seconds; no metrics, there is no CloudWatch here.
HASTE = {
    "metricsLevel": "NONE", "failoverTimeMillis": "4000", "shardSyncIntervalMillis": "1000",
    "idleTimeBetweenReadsInMillis": "250", "parentShardPollIntervalMillis": "500",
    # As of version 3 the lock of a leader that was killed would hold for two minutes.
    "clientVersionConfig": "CLIENT_VERSION_CONFIG_COMPATIBLE_WITH_2X",
    "initialLeaseTableReadCapacity": "100", "initialLeaseTableWriteCapacity": "100",
}

LOGBACK = """<configuration>
  <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%d{HH:mm:ss.SSS} [%thread] %-5level %logger{0} - %msg%n</pattern></encoder>
  </appender>
  <root level="INFO"><appender-ref ref="console"/></root>
</configuration>
"""


class CannotBeHad(dynamodb_local.CannotBeHad):
    what = "the MultiLangDaemon"


def find_libraries() -> pathlib.Path:
    try:
        return dynamodb_local.fetch_libraries("multilang-daemon", ARTIFACT)
    except dynamodb_local.CannotBeHad as missing:
        raise CannotBeHad(missing.reason) from None


def make_trust_store(java: str, certificate: pathlib.Path, store: pathlib.Path) -> None:
    keytool = shutil.which("keytool") or str(pathlib.Path(java).resolve().with_name("keytool"))
    subprocess.run([keytool, "-importcert", "-noprompt", "-alias", "local", "-file", certificate,
                    "-keystore", store, "-storetype", "PKCS12", "-storepass", PASSWORD],
                   check=True, capture_output=True)


def make_certificate(folder: pathlib.Path) -> None:
    if shutil.which("openssl") is None:
        raise CannotBeHad("there is no openssl to make a certificate with")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                    "-keyout", folder / "key.pem", "-out", folder / "certificate.pem"],
                   check=True, capture_output=True)


class Daemon:
    def __init__(self, kinesis: kinesis_local.Server, dynamodb: dynamodb_local.Server,
                 properties: str, folder: pathlib.Path, settings: dict[str, str]) -> None:
        self.kinesis, self.dynamodb = kinesis, dynamodb
        self.properties, self.folder, self.settings = properties, folder, settings
        self.log = folder / "daemon.log"

    def __enter__(self) -> "Daemon":
        java, libraries = dynamodb_local.find_java(), find_libraries()
        store = self.folder / "trusted.p12"
        if not store.exists():
            make_certificate(self.folder)
            make_trust_store(java, self.folder / "certificate.pem", store)
        self.front = subprocess.Popen(
            [kinesis_local.find_program("node"), FRONT, self.folder / "key.pem",
             self.folder / "certificate.pem", str(self.kinesis.port)], text=True,
            stdout=subprocess.PIPE, preexec_fn=local_server.die_with_parent)
        kinesis_url = f"https://localhost:{self.front.stdout.readline().strip()}"
        (self.folder / "logback.xml").write_text(LOGBACK)
        file = self.folder / "daemon.properties"
        added = HASTE | {"kinesisEndpoint": kinesis_url, "dynamoDBEndpoint": self.dynamodb.url}
        file.write_text(self.properties + "".join(f"{name} = {value}\n"
                                                  for name, value in added.items()))
        command = [java, "-Xmx512m", "-XX:TieredStopAtLevel=1",
                   f"-Djavax.net.ssl.trustStore={store}",
                   f"-Djavax.net.ssl.trustStorePassword={PASSWORD}",
                   "-cp", f"{libraries}/*", MAIN_CLASS, "--properties-file", str(file),
                   "--log-configuration", str(self.folder / "logback.xml")]
        with open(self.log, "ab") as log:
            self.begin = log.tell()
            self.process = subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=self.dynamodb.environment | self.kinesis.environment | self.settings
                | {"AWS_ENDPOINT_URL_DYNAMODB": self.dynamodb.url},
                preexec_fn=local_server.die_with_parent)
        return self

    def __exit__(self, *_: object) -> None:
        for process in (self.process, self.front):
            process.kill()
            process.wait()
        self.front.stdout.close()

    def text(self) -> str:
        """What this one and its record processors have logged."""
        return self.log.read_bytes()[self.begin:].decode(errors="replace")

    def stop(self) -> int:
        """As a supervisor would; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)
