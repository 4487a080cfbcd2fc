"""Builds the peers that this machine's toolchains allow, into build/bench.

Each function returns the programs it built; one that could not be built has the reason in its place.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from bench import machine

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "build/bench"
RELEASE = ROOT / "build/release"

# Libraries that come as source: PyPI's packages that hold them.
SOURCES = {"fastsimdjson": "0.8.0", "protobuf": "7.36.2", "yyjson": "4.0.6"}


class CannotBuild(Exception):
    """The message is the reason, for the table."""


@dataclass
class Program:
    name: str                           # as in the tables
    of: str                             # what it is made of, with versions
    command: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    missing: str = ""                   # the reason why it is not run

    def refused(self, reason: str) -> Program:
        return Program(self.name, self.of, missing=reason)


def call(*command: object, cwd: Path = ROOT, **environment: str) -> None:
    """Runs a command, silent unless it fails."""
    words = [str(each) for each in command]
    result = subprocess.run(words, cwd=cwd, env=os.environ | environment, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if result.returncode != 0:
        sys.stderr.write(result.stdout)
        raise CannotBuild(f"{Path(words[0]).name} {' '.join(words[1:3])} failed, see above")


def need(tool: str) -> str:
    path = machine.find(tool)
    if path is None:
        raise CannotBuild(f"{tool} is not installed")
    return path


def say(text: str) -> None:
    print(f"==> {text}", file=sys.stderr)


def attempt(programs: list[Program], build: Callable[[], None]) -> list[Program]:
    """The programs, built; or each of them with the reason why not."""
    try:
        build()
    except CannotBuild as reason:
        say(f"NOT BUILT: {', '.join(each.name for each in programs)}: {reason}")
        return [each.refused(str(reason)) for each in programs]
    return programs


# ---- C and C++ ----------------------------------------------------------------------------------


def fetch(package: str) -> None:
    """The source of a package of PyPI, in build/bench/sources."""
    version = SOURCES[package]
    target = OUT / "sources" / package
    stamp = target / ".version"
    if stamp.exists() and stamp.read_text() == version:
        return
    say(f"getting the source of {package} {version}")
    downloads = OUT / "downloads"
    call("/usr/bin/python3", "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", package,
         "--dest", downloads, f"{package}=={version}")
    archive = downloads / f"{package}-{version}.tar.gz"
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    call("tar", "-xzf", archive, "-C", downloads)
    (downloads / f"{package}-{version}").rename(target)
    stamp.write_text(version)


def native_target(target: str, *packages: str) -> Callable[[], None]:
    def build() -> None:
        for package in packages:
            fetch(package)
        folder = OUT / "native"
        c, cxx = ("clang", "clang++") if machine.find("clang++") else ("gcc", "g++")
        call("cmake", "-S", ROOT, "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
             f"-DCMAKE_C_COMPILER={need(c)}", f"-DCMAKE_CXX_COMPILER={need(cxx)}",
             "-DKH_BUILD_TESTS=OFF", "-DKH_BUILD_BENCH=ON", f"-DKH_BENCH_SOURCES={OUT / 'sources'}")
        call("cmake", "--build", folder, "--target", target)

    return build


def native() -> list[Program]:
    say("building the peers in C and C++")
    built = []
    for name, of, target, packages in (
        ("simdjson", "simdjson 5.0.2 On-Demand, simdutf 9.2.1", "simdjson", ("fastsimdjson",)),
        ("yyjson", "yyjson 0.10.0, simdutf 9.2.1", "yyjson", ("fastsimdjson", "yyjson")),
        ("cJSON", "Debian's libcjson", "cjson", ()),
    ):
        program = Program(name, of, [str(OUT / "native" / target)])
        built += attempt([program], native_target(target, *packages))
    return built


def base64() -> list[Program]:
    ours = Program("kinesis-handler", "src/text/vector.h", [str(RELEASE / "bench_base64")])
    simdutf = Program("simdutf", "simdutf 9.2.1", [str(OUT / "native/base64_simdutf")])
    return [ours, *attempt([simdutf], native_target("base64_simdutf", "fastsimdjson"))]


# ---- Rust, Go, Node.js --------------------------------------------------------------------------


def rust(*binaries: str) -> Callable[[], None]:
    def build() -> None:
        say("building the peers in Rust")
        chosen = [word for binary in binaries for word in ("--bin", binary)]
        # cargo looks for .cargo/config.toml from where it is started.
        call(need("cargo"), "build", "--quiet", "--release", *chosen, "--target-dir", OUT / "rust",
             cwd=ROOT / "bench/rust")

    return build


def go(package: str, *options: str) -> Callable[[], None]:
    def build() -> None:
        say("building the peers in Go")
        command = (need("go"), "build", *options, "-o", OUT / "go" / package, f"./{package}")
        fast = {"GOAMD64": "v3", "GOTOOLCHAIN": "local"}
        try:
            # The second version of encoding/json is twice as fast, and has to be asked for.
            call(*command, cwd=ROOT / "bench/go", GOEXPERIMENT="jsonv2", **fast)
        except CannotBuild:
            say("without GOEXPERIMENT=jsonv2")
            call(*command, cwd=ROOT / "bench/go", **fast)

    return build


NODE = OUT / "node"
SCHEMAS = {"SCHEMA_DIR": str(ROOT / "schema")}


def node_packages() -> None:
    say("installing what the peers on Node.js need")
    need("node")
    sources = ROOT / "bench/node"
    lock = (sources / "package-lock.json").read_text()
    stamp = NODE / ".lock"
    shutil.copytree(sources, NODE, dirs_exist_ok=True)
    if not stamp.exists() or stamp.read_text() != lock:
        call(need("npm"), "ci", "--ignore-scripts", "--silent", "--no-audit", "--no-fund", cwd=NODE)
        stamp.write_text(lock)


def node_runtime() -> None:
    """AWS's runtime interface client, the native part of which has to be built."""
    node_packages()
    if (NODE / "node_modules/aws-lambda-ric/rapid-client.node").exists():
        return
    say("building AWS's runtime interface client for Node.js")
    headers = Path(need("node")).resolve().parents[1]
    if not (headers / "include/node/node.h").exists():
        raise CannotBuild(f"Node.js's headers are not in {headers}/include/node")
    call(need("npm"), "rebuild", "aws-lambda-ric", "--foreground-scripts", cwd=NODE,
         npm_config_nodedir=str(headers))


def node_program(script: str, *arguments: str) -> list[str]:
    return [machine.find("node") or "node", str(NODE / script), *arguments]


def decoders() -> list[Program]:
    """Ours first."""
    return [
        Program("kinesis-handler", "this repository", [str(RELEASE / "bench_decode")]),
        *native(),
        *attempt(
            [
                Program("Rust sonic-rs", "sonic-rs 0.5.10, base64-simd 0.8.0, serde",
                        [str(OUT / "rust/release/decode_sonic")]),
                Program("Rust serde_json", "serde_json 1.0.154, aws_lambda_events 1.2.1",
                        [str(OUT / "rust/release/decode_serde")]),
            ],
            rust("decode_sonic", "decode_serde"),
        ),
        *attempt(
            [Program("Go encoding/json", "encoding/json, aws-lambda-go 1.55.1",
                     [str(OUT / "go/decode")])],
            go("decode"),
        ),
        *attempt(
            [Program("Node.js Ajv", "JSON.parse, Ajv 8.20.0", node_program("decode.js"), SCHEMAS)],
            node_packages,
        ),
    ]


def messages() -> list[Program]:
    """What decodes messages of Protocol Buffers; ours first."""
    def ours(name: str, way: str) -> Program:
        return Program(name, "this repository", [str(RELEASE / "bench_proto"), way])

    native = OUT / "native"
    protobuf_c = "Debian's libprotobuf-c, protoc-c"
    say("building the peers in C")
    return [
        ours("kinesis-handler", "fast"),
        ours("kinesis-handler, by way of JSON", "long"),
        ours("kinesis-handler, events in JSON", "json"),
        *attempt(
            [Program("protobuf-c, malloc", protobuf_c, [str(native / "protobuf_c"), "malloc"]),
             Program("protobuf-c, arena", protobuf_c, [str(native / "protobuf_c"), "arena"])],
            native_target("protobuf_c"),
        ),
        *attempt([Program("nanopb", "Debian's nanopb", [str(native / "nanopb")])],
                 native_target("nanopb")),
        *attempt([Program("upb", "upb of protobuf 7.36.2 for Python", [str(native / "upb")])],
                 native_target("upb", "protobuf")),
        *attempt([Program("Rust prost", "prost 0.14.6, mimalloc",
                          [str(OUT / "rust/release/decode_prost")])],
                 rust("decode_prost")),
    ]


# ---- The sample service, on a Lambda runtime ------------------------------------------------------

LAMBDA = {
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
    "AWS_LAMBDA_FUNCTION_NAME": "limits",
    "AWS_LAMBDA_FUNCTION_VERSION": "1",
    "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/limits",
    "AWS_LAMBDA_LOG_STREAM_NAME": "1",
    "AWS_REGION": "eu-west-1",
    "_HANDLER": "service.handler",
}


def services() -> list[Program]:
    """Ours first."""
    package = ROOT / "build/package/bootstrap"
    ours = package if package.exists() else RELEASE / "kinesis-handler"
    return [
        Program("kinesis-handler", f"{ours.relative_to(ROOT)}", [str(ours)],
                LAMBDA | {"DB": "inMemory", "MARKS_IN_MEMORY": "100000"}),
        *attempt(
            [Program("Rust", "lambda_runtime 1.5.0, aws_lambda_events 1.2.1, serde, garde 0.23.0",
                     [str(OUT / "rust/release/service")], LAMBDA)],
            rust("service"),
        ),
        *attempt(
            [Program("Go", "aws-lambda-go 1.55.1, encoding/json", [str(OUT / "go/service")], LAMBDA)],
            go("service", "-tags", "lambda.norpc"),
        ),
        *attempt(
            [Program("Node.js", "aws-lambda-ric 4.0.2, Ajv 8.20.0, big.js 7.0.1",
                     node_program("node_modules/aws-lambda-ric/index.mjs", "service.handler"),
                     LAMBDA | SCHEMAS | {"LAMBDA_TASK_ROOT": str(NODE)})],
            node_runtime,
        ),
    ]
