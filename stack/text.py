"""What ./dev up and ./dev down say."""

from __future__ import annotations

import os
import pathlib
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from run import Stack

VERBS = {
    "up": "Starts Kinesis (kinesis-local), DynamoDB Local, and the worker on a stream of them, and puts the\n"
          "sample events into it. It all goes on in the background until ./dev down; nothing of it leaves\n"
          "this machine. What is in it is in memory.",
    "down": "Ends what ./dev up has started: the worker when it is done with the batches it is at, then the servers.",
}
EXIT_STATUS = {
    "up": "Exit status: 0 when it is up, or was; 1 when not, and then nothing of it is left running.",
    "down": "Exit status: 0, also when nothing was up.",
}


def short(path: str | pathlib.Path) -> str:
    """As one would type it here."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def exports(settings: dict[str, str]) -> str:
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in settings.items())


def of(stack: Stack) -> str:
    program, folder = short(stack.program), short(stack.folder)
    kinesis, dynamodb = (stack.settings[f"AWS_ENDPOINT_URL_{name}"] for name in ("KINESIS", "DYNAMODB"))
    return f"""
  Kinesis       {kinesis}   stream {stack.stream}, {stack.shards} shards
  DynamoDB      {dynamodb}
  worker        process {stack.detached('worker').pid}: from the stream into DynamoDB
  logs          {folder}/kinesis.log dynamodb.log worker.log
  dead letters  {short(stack.dead_letters)}

To try, in this shell:

  . {short(stack.environment_file)}
  {program} put samples/events.ndjson --stream {stack.stream}
  {program} dump
  aws kinesis list-shards --stream-name {stack.stream} --endpoint-url $AWS_ENDPOINT_URL_KINESIS
  aws dynamodb list-tables --endpoint-url $AWS_ENDPOINT_URL_DYNAMODB
  python3 -c 'import boto3; print(boto3.client("kinesis", endpoint_url="{kinesis}").put_record(
      StreamName="{stack.stream}", PartitionKey="k", Data=open("samples/events.ndjson", "rb").readline()))'
  tail -f {folder}/worker.log

./dev down ends it.
"""
