"""`python3 -m codegen check-mapping`: each rule finds what it is for, at its line, in every form of input."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import yaml

from deployments import HERE, ROOT, SCHEMAS, files

from codegen.mapping import rules

GOOD = """\
Parameters:
  Factor: {Type: Number, Default: 2}
  Stage: {Type: String, Default: dev}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Stream:
    Type: AWS::Kinesis::Stream
    Properties: {RetentionPeriodHours: 72}
  Failed:
    Type: AWS::SQS::Queue
    Properties: {MessageRetentionPeriod: 1209600}
  Function:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 60
      Environment:
        Variables:
          DB: dynamodb
          DEAD_LETTER: !Sub sqs:${Failed}
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Metadata: {KinesisHandler: {PartitionKey: aggregateId}}
    Properties:
      FunctionName: !Ref Function
      EventSourceArn: !GetAtt Stream.Arn
      StartingPosition: TRIM_HORIZON
      BatchSize: 100
      MaximumBatchingWindowInSeconds: 1
      ParallelizationFactor: !Ref Factor
      FunctionResponseTypes: [ReportBatchItemFailures]
      BisectBatchOnFunctionError: true
      MaximumRetryAttempts: 10
      MaximumRecordAgeInSeconds: 3600
      DestinationConfig:
        OnFailure: {Destination: !GetAtt Failed.Arn}
"""
BOUNDS = "      MaximumRetryAttempts: 10\n      MaximumRecordAgeInSeconds: 3600\n"
DESTINATION = "      DestinationConfig:\n        OnFailure: {Destination: !GetAtt Failed.Arn}\n"
FACTOR = "ParallelizationFactor: !Ref Factor"
AGE = "MaximumRecordAgeInSeconds: 3600"
TIMEOUT = "      Timeout: 60\n"
QUEUE = """\
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: 360}
  Function:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 60
      Environment: {Variables: {DB: dynamodb}}
      Events:
        Messages:
          Type: SQS
          Properties:
            Queue: !GetAtt Queue.Arn
            FunctionResponseTypes: [ReportBatchItemFailures]
"""

# Rule, severity, the text that is replaced and by what, and what the line of the finding has in it.
CASES = [
    ("batch-item-failures", "error", "      FunctionResponseTypes: [ReportBatchItemFailures]\n", "",
     "Mapping:"),
    ("batch-item-failures", "error", "[ReportBatchItemFailures]", "[ReportBatchItemFailure]",
     "FunctionResponseTypes"),
    ("no-destination", "error", DESTINATION, "", "MaximumRetryAttempts"),
    ("no-destination", "error", DESTINATION + "", "      DestinationConfig: {}\n",
     "MaximumRetryAttempts"),
    ("no-destination", "error", BOUNDS + DESTINATION, f"      {AGE}\n", AGE),
    ("poison-record", "warning", BOUNDS, "", "Mapping:"),
    ("poison-record", "warning", BOUNDS,
     "      MaximumRetryAttempts: -1\n      MaximumRecordAgeInSeconds: -1\n", "Attempts"),
    ("bisect", "error", "      BisectBatchOnFunctionError: true\n", "", "Mapping:"),
    ("bisect", "error", "OnFunctionError: true", "OnFunctionError: false", "Bisect"),
    ("fifo-destination", "error", "{MessageRetentionPeriod: 1209600}",
     "{MessageRetentionPeriod: 1209600, FifoQueue: true}", "FifoQueue"),
    ("fifo-destination", "error", "Destination: !GetAtt Failed.Arn",
     "Destination: 'arn:aws:sqs:eu-west-1:123456789012:failed.fifo'", "OnFailure"),
    ("queue-retention", "warning", "{MessageRetentionPeriod: 1209600}",
     "{MessageRetentionPeriod: 86400}", "MessageRetentionPeriod"),
    ("queue-retention", "warning", "    Properties: {MessageRetentionPeriod: 1209600}\n", "",
     "Failed:"),
    ("record-age", "warning", AGE, "MaximumRecordAgeInSeconds: 259200", "RecordAge"),
    ("record-age", "error", AGE, "MaximumRecordAgeInSeconds: 61", "RecordAge"),
    ("starting-position", "warning", "TRIM_HORIZON", "LATEST", "LATEST"),
    ("starting-position", "error", "TRIM_HORIZON", "AT_TIMESTAMP", "AT_TIMESTAMP"),
    ("starting-position", "error", "TRIM_HORIZON", "BEGINNING", "BEGINNING"),
    ("starting-position", "error", "      StartingPosition: TRIM_HORIZON\n", "", "Mapping:"),
    ("filter", "warning", DESTINATION,
     DESTINATION + "      FilterCriteria: {Filters: [{Pattern: '{}'}]}\n", "FilterCriteria"),
    ("store", "error", "          DB: dynamodb\n", "", "Function:"),
    ("store", "error", "DB: dynamodb", "DB: sqlite", "sqlite"),
    ("dead-letter-file", "error", "!Sub sqs:${Failed}", "file:/tmp/dead.ndjson", "/tmp/dead"),
    ("dead-letter-file", "error", "!Sub sqs:${Failed}", "/mnt/dead.ndjson", "/mnt/dead"),
    ("timeout", "error", TIMEOUT, "", "Function:"),
    ("timeout", "error", TIMEOUT, "      Timeout: 10\n", "Timeout"),
    ("timeout", "error", TIMEOUT, "      Timeout: 901\n", "Timeout"),
    ("disabled", "warning", DESTINATION, DESTINATION + "      Enabled: false\n", "Enabled"),
    ("concurrency", "error", TIMEOUT, TIMEOUT + "      ReservedConcurrentExecutions: 1\n",
     "Reserved"),
    ("concurrency", "error", TIMEOUT, TIMEOUT + "      ReservedConcurrentExecutions: 0\n",
     "Reserved"),
    ("partition-key", "error", "    Metadata: {KinesisHandler: {PartitionKey: aggregateId}}\n", "",
     FACTOR),
    ("partition-key", "error", "PartitionKey: aggregateId", "PartitionKey: eventId", FACTOR),
    ("tumbling-window", "error", DESTINATION, DESTINATION + "      TumblingWindowInSeconds: 60\n",
     "Tumbling"),
    ("out-of-range", "error", "BatchSize: 100", "BatchSize: 10001", "BatchSize"),
    ("out-of-range", "error", "BatchSize: 100", "BatchSize: 0", "BatchSize"),
    ("out-of-range", "error", "BatchSize: 100", "BatchSize: many", "BatchSize"),
    ("out-of-range", "error", "WindowInSeconds: 1\n", "WindowInSeconds: 301\n", "Window"),
    ("out-of-range", "error", "Factor: {Type: Number, Default: 2}",
     "Factor: {Type: Number, Default: 11}", FACTOR),
    ("out-of-range", "error", "RetryAttempts: 10\n", "RetryAttempts: 10001\n", "Retry"),
    ("unknown-value", "warning", "Factor: {Type: Number, Default: 2}", "Factor: {Type: Number}",
     FACTOR),
]


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "codegen", "check-mapping", *map(str, arguments)],
        capture_output=True, text=True, timeout=120, cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"})


class Files(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def put(self, text: str, name: str = "template.yaml") -> pathlib.Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def findings(self, text: str, *options: str, name: str = "template.yaml") -> list[dict]:
        done = run(self.put(text, name), "--json", *options)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        told = json.loads(done.stdout)
        self.assertEqual(done.returncode, int(told["errors"] > 0))
        self.assertEqual(len(told["findings"]), told["errors"] + told["warnings"])
        return told["findings"]

    def unreadable(self, text: str, name: str = "template.yaml") -> str:
        done = run(self.put(text, name))
        self.assertEqual((2, ""), (done.returncode, done.stdout), done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        return done.stderr


class Rules(Files):
    def test_a_good_template_has_no_finding(self) -> None:
        self.assertEqual([], self.findings(GOOD, "--schema", str(ROOT / "schema")))
        self.assertEqual([], self.findings(QUEUE))

    def test_each_fault_is_found_where_it_is(self) -> None:
        for rule, severity, before, after, line in CASES:
            with self.subTest(rule=rule, after=after):
                self.assertIn(before, GOOD)
                text = GOOD.replace(before, after, 1)
                found = self.findings(text, "--schema", str(ROOT / "schema"))
                self.assertEqual([(rule, severity)], [
                    (finding["rule"], finding["severity"]) for finding in found], found)
                self.assertIn(line, text.splitlines()[found[0]["line"] - 1])
                self.assertTrue(found[0]["path"].startswith("Resources."), found)

    def test_a_record_that_blocks_is_an_error_without_dead_letters(self) -> None:
        text = GOOD.replace(BOUNDS, "").replace("          DEAD_LETTER: !Sub sqs:${Failed}\n", "")
        self.assertEqual([("poison-record", "error")],
                         [(f["rule"], f["severity"]) for f in self.findings(text)])

    def test_the_visibility_of_a_queue_that_is_read(self) -> None:
        for seconds, severity in ((359, "warning"), (59, "error")):
            text = QUEUE.replace("Timeout: 360", f"Timeout: {seconds}")
            self.assertEqual([("queue-visibility", severity, 4)], [
                (f["rule"], f["severity"], f["line"]) for f in self.findings(text)])

    def test_the_reserve_counts_in_a_timeout(self) -> None:
        text = GOOD.replace("          DB: dynamodb\n",
                            "          DB: dynamodb\n          RESERVE_MS: 55000\n")
        self.assertEqual(["timeout"], [f["rule"] for f in self.findings(text)])

    def test_every_rule_has_a_case_and_is_explained(self) -> None:
        self.assertEqual(rules.names(), sorted({case[0] for case in CASES} | {"queue-visibility"}))
        page = (ROOT / "docs/check-mapping.md").read_text()
        for name in rules.names():
            self.assertIn(f"| `{name}` |", page)

    def test_what_is_generated_passes(self) -> None:
        for service, schema in SCHEMAS.items():
            with self.subTest(service):
                text = files(service)["template.yaml"]
                self.assertEqual([], self.findings(text, "--schema", str(schema)))

    def test_a_service_without_ordering_key_has_no_parallelization(self) -> None:
        found = self.findings(GOOD, "--schema", str(HERE / "odd/schema"))
        self.assertEqual(["partition-key"], [f["rule"] for f in found])
        self.assertIn("no ordering key", found[0]["message"])

    def test_a_partition_key_can_be_given(self) -> None:
        text = GOOD.replace("    Metadata: {KinesisHandler: {PartitionKey: aggregateId}}\n", "")
        schema = ("--schema", str(ROOT / "schema"))
        self.assertEqual([], self.findings(text, *schema, "--partition-key", "aggregateId"))
        self.assertEqual(1, len(self.findings(text, *schema, "--partition-key", "source")))


class Templates(Files):
    def test_parameters_take_the_place_of_defaults(self) -> None:
        found = self.findings(GOOD, "--parameter", "Factor=12")
        self.assertEqual(["out-of-range"], [f["rule"] for f in found])

    def test_conditions_are_decided(self) -> None:
        text = GOOD.replace("StartingPosition: TRIM_HORIZON",
                            "StartingPosition: !If [IsProd, TRIM_HORIZON, LATEST]")
        self.assertEqual(["starting-position"], [f["rule"] for f in self.findings(text)])
        self.assertEqual([], self.findings(text, "--parameter", "Stage=prod"))
        text = GOOD.replace("BisectBatchOnFunctionError: true",
                            "BisectBatchOnFunctionError: !If [IsProd, true, !Ref AWS::NoValue]")
        self.assertEqual(["bisect"], [f["rule"] for f in self.findings(text)])

    def test_a_destination_behind_a_condition_is_found(self) -> None:
        text = GOOD.replace("Destination: !GetAtt Failed.Arn",
                            "Destination: !If [IsProd, !Ref Topic, !GetAtt Failed.Arn]")
        self.assertEqual([], self.findings(text))
        text = text.replace("MessageRetentionPeriod: 1209600", "MessageRetentionPeriod: 60")
        self.assertEqual(["queue-retention"], [f["rule"] for f in self.findings(text)])

    def test_json_is_read_as_well(self) -> None:
        class Loader(yaml.SafeLoader):
            pass

        def long_form(loader: Loader, suffix: str, node: yaml.Node) -> dict:
            name = suffix if suffix == "Ref" else f"Fn::{suffix}"
            value = (loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode)
                     else loader.construct_sequence(node, deep=True))
            return {name: value.split(".") if suffix == "GetAtt" else value}

        Loader.add_multi_constructor("!", long_form)
        document = yaml.load(GOOD, Loader=Loader)
        for indent in (None, 2, "\t"):
            self.assertEqual([], self.findings(json.dumps(document, indent=indent)))
        document["Resources"]["Mapping"]["Properties"]["BatchSize"] = 0
        found, = self.findings(json.dumps(document, indent="\t"))
        self.assertEqual("Resources.Mapping.Properties.BatchSize", found["path"])

    def test_events_of_sam_functions(self) -> None:
        text = """\
Globals:
  Function:
    Timeout: 5
    Environment: {Variables: {DB: dynamodb}}
Resources:
  Function:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Stream:
          Type: Kinesis
          Properties:
            Stream: arn:aws:kinesis:eu-west-1:123456789012:stream/limits
            StartingPosition: TRIM_HORIZON
            MaximumRetryAttempts: 3
        Timer: {Type: Schedule}
"""
        self.assertEqual(
            [("timeout", 3), ("batch-item-failures", 10), ("bisect", 10), ("no-destination", 15)],
            [(f["rule"], f["line"]) for f in self.findings(text)])

    def test_maps_are_looked_up(self) -> None:
        text = GOOD.replace("BatchSize: 100", "BatchSize: !FindInMap [Sizes, !Ref Stage, size]") \
            + "Mappings: {Sizes: {dev: {size: 0}, prod: {size: 10}}}\n"
        self.assertEqual(["out-of-range"], [f["rule"] for f in self.findings(text)])
        self.assertEqual([], self.findings(text, "--parameter", "Stage=prod"))


class OtherForms(Files):
    def test_what_the_aws_cli_tells(self) -> None:
        mapping = {
            "UUID": "5a8c", "StartingPosition": "LATEST", "BatchSize": 100,
            "MaximumBatchingWindowInSeconds": 0, "ParallelizationFactor": 1,
            "EventSourceArn": "arn:aws:kinesis:eu-west-1:123456789012:stream/limits",
            "FunctionArn": "arn:aws:lambda:eu-west-1:123456789012:function:limits",
            "State": "Disabled", "DestinationConfig": {"OnFailure": {}},
            "MaximumRecordAgeInSeconds": -1, "BisectBatchOnFunctionError": True,
            "MaximumRetryAttempts": 5, "TumblingWindowInSeconds": 0, "FunctionResponseTypes": [],
        }
        wanted = ["batch-item-failures", "disabled", "no-destination"]
        found = self.findings(json.dumps(mapping), name="mapping.json")
        self.assertEqual(wanted, sorted(f["rule"] for f in found))
        found = self.findings(json.dumps({"EventSourceMappings": [mapping]}, indent=4), name="m.json")
        self.assertEqual(wanted, sorted(f["rule"] for f in found))

    def test_a_plan_of_terraform(self) -> None:
        mapping = {
            "batch_size": 100, "bisect_batch_on_function_error": True, "enabled": True,
            "function_name": "limits", "function_response_types": ["ReportBatchItemFailures"],
            "maximum_batching_window_in_seconds": 1, "maximum_record_age_in_seconds": 86400,
            "maximum_retry_attempts": 100, "parallelization_factor": 1, "filter_criteria": [],
            "starting_position": "TRIM_HORIZON", "tumbling_window_in_seconds": None,
            "destination_config": [{"on_failure": [{}]}],
        }
        function = {
            "function_name": "limits", "timeout": 60, "reserved_concurrent_executions": -1,
            "environment": [{"variables": {"DB": "dynamodb", "DEAD_LETTER": "sqs:https://q"}}],
        }
        plan = {"format_version": "1.2", "planned_values": {"root_module": {"child_modules": [{
            "address": "module.limits", "resources": [
                {"address": "module.limits.aws_lambda_event_source_mapping.mapping",
                 "type": "aws_lambda_event_source_mapping", "values": mapping},
                {"address": "module.limits.aws_lambda_function.function",
                 "type": "aws_lambda_function", "values": function},
            ]}]}}}
        self.assertEqual([], self.findings(json.dumps(plan), name="plan.json"))
        mapping["destination_config"] = []
        function["timeout"] = 3
        function["environment"][0]["variables"]["DB"] = "inMemory"
        self.assertEqual(["no-destination", "store", "timeout"], sorted(
            f["rule"] for f in self.findings(json.dumps(plan), name="plan.json")))

    def test_what_cannot_be_looked_at(self) -> None:
        for text, reason in {
            "": "is empty", "a: b\n": "is no template", "Resources: {}\n": "no event source mapping",
            "a: [1\n": ":2: is neither YAML nor JSON", "a: 1\na: 2\n": ":2: has 'a' twice",
            "{" * 200 + "}" * 200: "name that is no text", "[" * 200 + "]" * 200: "nested deeper",
            "[" * 50000: "n", "a: *b\n": "is not there", "a: 1\n---\nb: 2\n": "more than one",
            "a: &x [*x]\n": "is no template", "[1, 2]": "is no template",
            "Resources: [1]\n": "no event source mapping", "Resources: {A: [], B: {Type: []}}": "no ev",
        }.items():
            with self.subTest(text[:30]):
                self.assertIn(reason, self.unreadable(text))
        self.assertIn("is HCL", self.unreadable("a = 1\n", "main.tf"))
        self.folder.joinpath("latin").write_bytes(b"a: \xe9\n")
        self.assertEqual(2, run(self.folder / "latin").returncode)
        self.assertEqual(2, run(self.folder / "missing").returncode)
        self.assertEqual(2, run().returncode)
        self.assertEqual(2, run(self.put(GOOD), "--parameter", "x").returncode)
        self.assertEqual(2, run(self.put(GOOD), "--schema", self.folder / "missing").returncode)

    def test_templates_that_refer_to_themselves_come_to_an_end(self) -> None:
        text = GOOD.replace("  IsProd: !Equals [!Ref Stage, prod]",
                            "  IsProd: !Not [!Condition IsProd]\n"
                            "  A: !And [!Condition A, !Condition A, !Condition A]")
        text = text.replace("BatchSize: 100", "BatchSize: !If [IsProd, 1, 2]") \
            .replace("StartingPosition: TRIM_HORIZON", "StartingPosition: !If [A, LATEST, LATEST]")
        self.assertEqual(["unknown-value"] * 2, [f["rule"] for f in self.findings(text)])

    def test_anchors_that_multiply_cost_nothing(self) -> None:
        text = "a0: &a0 [x, x]\n" + "".join(
            f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
        self.assertEqual([], self.findings(text + GOOD))


class Told(Files):
    def test_lines_for_people(self) -> None:
        path = self.put(GOOD.replace("BatchSize: 100", "BatchSize: 0"))
        done = run(path)
        finding, summary = done.stdout.splitlines()
        line = 1 + GOOD[:GOOD.index("BatchSize")].count("\n")
        self.assertRegex(finding, rf"^{path}:{line}: Resources\.Mapping\.Properties\.BatchSize: "
                                  r"error: .*; .* \[out-of-range\]$")
        self.assertEqual("1 mapping: 1 error, 0 warnings", summary)
        self.assertEqual(1, done.returncode)

    def test_several_files_at_once(self) -> None:
        done = run(self.put(GOOD, "a.yaml"), self.put(GOOD.replace("LATEST", "x"), "b.yaml"))
        self.assertEqual("2 mappings: 0 errors, 0 warnings\n", done.stdout)


if __name__ == "__main__":
    unittest.main()
