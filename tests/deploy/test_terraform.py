"""The Terraform module: laid out as Terraform does, and the same as the template, value by value."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import deployments
from deployments import SCHEMAS, files, properties, resources, template

import python_tools

from codegen.names import snake

READER = ("python-hcl2", "8.1.4")
REFERENCE = re.compile(r"\$\{([^}]+)\}")

# Expressions of the module, as the reader of templates has what is there in their place.
_STREAM = ["If", "MakesStream", "${Stream.Arn}", "${ExistingStreamArn}"]
SPELLINGS = {
    'var.protect_data == "true"': ["If", "ProtectsData", True, False],
    'var.stream_shards == 0 ? null : var.stream_shards':
        ["If", "IsOnDemand", "${AWS::NoValue}", "${StreamShards}"],
    'var.stream_shards == 0 ? "ON_DEMAND" : "PROVISIONED"':
        ["If", "IsOnDemand", "ON_DEMAND", "PROVISIONED"],
    "local.stream_arn": _STREAM,
    "local.alarm_actions": ["If", "HasAlarmTopic", ["${AlarmTopicArn}"], "${AWS::NoValue}"],
}
NAMES = {
    "aws_sqs_queue.dead_letters.arn": "DeadLetters.Arn",
    "aws_sqs_queue.dead_letters.id": "DeadLetters",
    "aws_sqs_queue.dead_letters.name": "DeadLetters.QueueName",
    "aws_sqs_queue.dead_letters.url": "DeadLetters",
    "aws_sqs_queue.failed_batches.arn": "FailedBatches.Arn",
    "aws_sqs_queue.failed_batches.id": "FailedBatches",
    "aws_sqs_queue.failed_batches.name": "FailedBatches.QueueName",
    "aws_sqs_queue.failed_batches.url": "FailedBatches",
    "aws_lambda_function.function.function_name": "Function",
    "aws_iam_role.role.arn": "Role.Arn",
    "aws_cloudwatch_log_group.log.name": "Log",
    "aws_cloudwatch_dashboard.dashboard.dashboard_name": "Dashboard",
    "data.aws_region.current.id": "AWS::Region",
    "local.stream_name": "StreamName",
}


class Module:
    """The module's blocks, with values as `deployments.load` gives those of the template."""

    def __init__(self, service: str, hcl2: object) -> None:
        self.blocks: dict[tuple[str, ...], dict] = {}
        self.parameters = {snake(name): name for name in template(service)["Parameters"]}
        self.tables = {name: table["TableName"] for name, table in
                       resources(template(service), "AWS::DynamoDB::Table").items()}
        self.names = dict(NAMES)
        self.raw: dict[tuple[str, ...], dict] = {}
        for name, text in files(service).items():
            if name.endswith(".tf"):
                self._add(hcl2.loads(text))
        # Which table is which shows in its name.
        for key, block in self.raw.items():
            if key[:2] == ("resource", "aws_dynamodb_table"):
                table, = (id_ for id_, name in self.tables.items()
                          if name == self.value(block["name"]))
                self.names[f"aws_dynamodb_table.{key[2]}.arn"] = f"{table}.Arn"
        self.blocks = {key: self.value(block) for key, block in self.raw.items()}

    def _add(self, document: dict) -> None:
        for kind, blocks in document.items():
            for block in blocks if isinstance(blocks, list) else []:
                self._add_block((kind,), block, {"resource": 2, "data": 2, "variable": 1,
                                                 "output": 1}.get(kind, 0))

    def _add_block(self, key: tuple[str, ...], block: dict, labels: int) -> None:
        if labels == 0:
            self.raw[key] = block
            return
        for label, inner in block.items():
            if not label.startswith("__"):
                self._add_block((*key, label.strip('"')), inner, labels - 1)

    def value(self, value: object) -> object:
        if isinstance(value, dict):
            return {name.strip('"'): self.value(inner) for name, inner in value.items()
                    if not name.startswith("__")}
        if isinstance(value, list):
            return [self.value(inner) for inner in value]
        if not isinstance(value, str):
            return value
        alone = re.fullmatch(r"\$\{(.*)\}", value, re.S)
        if alone is not None and alone[1] in SPELLINGS:
            return SPELLINGS[alone[1]]
        # An expression inside may have quotes of its own.
        is_plain = re.fullmatch(r'"(?:[^"\\]|\\.)*"', value) is not None
        return self.text(json.loads(value) if is_plain else value)

    def text(self, text: str) -> str:
        # $${ is a dollar sign and a brace.
        parts = text.split("$${")
        parts = [REFERENCE.sub(lambda found: f"${{{self.name(found[1])}}}", part) for part in parts]
        return "${".join(parts).replace("%%{", "%{")

    def name(self, expression: str) -> str:
        if expression.startswith("var."):
            return self.parameters.get(expression[4:], expression)
        return self.names.get(expression, expression)

    def resource(self, kind: str, name: str) -> dict:
        return self.blocks["resource", kind, name]

    def all(self, kind: str) -> dict[str, dict]:
        return {key[2]: block for key, block in self.blocks.items() if key[:2] == ("resource", kind)}


def only(blocks: list) -> dict:
    """A nested block."""
    inner, = blocks
    return inner


class Layout(unittest.TestCase):
    def test_files_are_as_terraform_fmt_lays_them_out(self) -> None:
        terraform = shutil.which("terraform")
        if terraform is None:
            self.skipTest("there is no terraform")
        for service in SCHEMAS:
            with self.subTest(service), tempfile.TemporaryDirectory() as folder:
                for name, text in files(service).items():
                    if name.endswith(".tf"):
                        pathlib.Path(folder, pathlib.Path(name).name).write_text(text)
                done = subprocess.run(
                    [terraform, "fmt", "-check", "-diff", folder], capture_output=True, text=True,
                    env={"PATH": os.environ["PATH"], "HOME": folder,
                         "CHECKPOINT_DISABLE": "1"}, timeout=120)
                self.assertEqual((0, ""), (done.returncode, done.stdout), done.stderr)


class TheSame(unittest.TestCase):
    maxDiff = None
    services = tuple(SCHEMAS)

    @classmethod
    def setUpClass(cls) -> None:
        cls.reason = ""
        try:
            sys.path.insert(0, str(python_tools.obtain(*READER)))
            import hcl2
        except python_tools.CannotBeHad as reason:
            cls.reason = str(reason)
            return
        cls.modules = {service: Module(service, hcl2) for service in cls.services}

    def setUp(self) -> None:
        if self.reason:
            self.skipTest(self.reason)

    def each(self):
        for service in self.services:
            yield service, template(service), self.modules[service]

    def same(self, there: dict, names: dict[str, str], here: dict) -> None:
        """`names`: the template's and the module's."""
        self.assertEqual({name: there.get(name) for name in names},
                         {name: here.get(ours) for name, ours in names.items()})

    def test_parameters(self) -> None:
        for _, there, here in self.each():
            variables = {key[1]: block for key, block in here.blocks.items() if key[0] == "variable"}
            self.assertEqual({*map(snake, there["Parameters"]), "package_file"}, set(variables))
            for name, parameter in there["Parameters"].items():
                variable = variables[snake(name)]
                self.assertEqual(parameter["Description"], variable["description"])
                self.assertEqual(parameter.get("Default"), variable.get("default"), name)
                self.assertEqual(parameter["Type"].lower(), variable["type"].strip("${}"))
                self.assertEqual(parameter.get("NoEcho"), variable.get("sensitive"))
                conditions = " ".join(rule["condition"] for rule in variable.get("validation", []))
                for bound, sign in (("MinValue", ">="), ("MaxValue", "<="), ("MinLength", ">="),
                                    ("MaxLength", "<=")):
                    if bound in parameter:
                        self.assertIn(f"{sign} {parameter[bound]}", conditions, name)
                for allowed in parameter.get("AllowedValues", []):
                    self.assertIn(str(allowed), conditions)
                if "AllowedPattern" in parameter:
                    self.assertIn(parameter["AllowedPattern"], conditions)

    def test_resources_are_as_many(self) -> None:
        kinds = {
            "AWS::Kinesis::Stream": "aws_kinesis_stream",
            "AWS::DynamoDB::Table": "aws_dynamodb_table",
            "AWS::SQS::Queue": "aws_sqs_queue",
            "AWS::SQS::QueuePolicy": "aws_sqs_queue_policy",
            "AWS::Logs::LogGroup": "aws_cloudwatch_log_group",
            "AWS::IAM::Role": "aws_iam_role",
            "AWS::Serverless::Function": "aws_lambda_function",
            "AWS::Lambda::EventSourceMapping": "aws_lambda_event_source_mapping",
            "AWS::CloudWatch::Alarm": "aws_cloudwatch_metric_alarm",
            "AWS::CloudWatch::Dashboard": "aws_cloudwatch_dashboard",
        }
        for _, there, here in self.each():
            self.assertEqual(set(kinds), {r["Type"] for r in there["Resources"].values()})
            counts = {kind: len(resources(there, kind)) for kind in kinds}
            self.assertEqual(counts, {kind: len(here.all(ours)) for kind, ours in kinds.items()})
            # The role's policy is a resource of its own.
            made = {key[1] for key in here.blocks if key[0] == "resource"}
            self.assertEqual({*kinds.values(), "aws_iam_role_policy"}, made)

    def test_stream_and_queues(self) -> None:
        for _, there, here in self.each():
            stream = here.resource("aws_kinesis_stream", "stream")
            self.same(properties(there, "Stream"), {
                "Name": "name", "RetentionPeriodHours": "retention_period",
                "ShardCount": "shard_count"}, stream)
            self.assertEqual(
                properties(there, "Stream")["StreamModeDetails"]["StreamMode"],
                only(stream["stream_mode_details"])["stream_mode"])
            self.assertEqual(properties(there, "Stream")["StreamEncryption"], {
                "EncryptionType": stream["encryption_type"], "KeyId": stream["kms_key_id"]})
            for name in ("DeadLetters", "FailedBatches"):
                self.same(properties(there, name), {
                    "QueueName": "name", "MessageRetentionPeriod": "message_retention_seconds",
                    "MaximumMessageSize": "max_message_size",
                    "VisibilityTimeout": "visibility_timeout_seconds",
                    "SqsManagedSseEnabled": "sqs_managed_sse_enabled",
                }, here.resource("aws_sqs_queue", snake(name)))

    def test_tables(self) -> None:
        for _, there, here in self.each():
            ours = {table["name"]: table for table in here.all("aws_dynamodb_table").values()}
            for table in resources(there, "AWS::DynamoDB::Table").values():
                self.compare_table(table, ours[table["TableName"]])

    def compare_table(self, there: dict, here: dict) -> None:
        self.same(there, {"BillingMode": "billing_mode",
                          "DeletionProtectionEnabled": "deletion_protection_enabled"}, here)
        self.assertEqual(there["AttributeDefinitions"], [
            {"AttributeName": a["name"], "AttributeType": a["type"]} for a in here["attribute"]])
        self.assertEqual(there["KeySchema"], self.keys(here))
        self.assertEqual(there.get("GlobalSecondaryIndexes", []), [
            {"IndexName": index["name"], "KeySchema": self.keys(index), "Projection":
                {"ProjectionType": index["projection_type"]} | (
                    {"NonKeyAttributes": index["non_key_attributes"]}
                    if "non_key_attributes" in index else {})}
            for index in here.get("global_secondary_index", [])])
        ttl = only(here["ttl"])
        self.assertEqual(there["TimeToLiveSpecification"],
                         {"AttributeName": ttl["attribute_name"], "Enabled": ttl["enabled"]})
        self.assertEqual(
            there["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"],
            only(here["point_in_time_recovery"])["enabled"])

    @staticmethod
    def keys(of: dict) -> list[dict]:
        return [{"AttributeName": of[name], "KeyType": kind}
                for name, kind in (("hash_key", "HASH"), ("range_key", "RANGE")) if name in of]

    def test_function_and_mapping(self) -> None:
        for service, there, here in self.each():
            function = here.resource("aws_lambda_function", "function")
            wanted = properties(there, "Function")
            self.same(wanted, {
                "FunctionName": "function_name", "Description": "description", "Runtime": "runtime",
                "Handler": "handler", "Architectures": "architectures", "MemorySize": "memory_size",
                "Timeout": "timeout", "Role": "role"}, function)
            self.assertEqual(wanted["LoggingConfig"]["LogGroup"],
                             only(function["logging_config"])["log_group"])
            variables = wanted["Environment"]["Variables"]
            ours = only(function["environment"])["variables"]
            if service == "odd":
                # An expression, since one variable may be absent.
                for name in variables:
                    self.assertRegex(ours, rf"\b{name}\b")
            else:
                self.assertEqual(variables, ours)
            mapping = here.resource("aws_lambda_event_source_mapping", "mapping")
            self.same(properties(there, "Mapping"), {
                "FunctionName": "function_name", "EventSourceArn": "event_source_arn",
                "StartingPosition": "starting_position", "BatchSize": "batch_size",
                "MaximumBatchingWindowInSeconds": "maximum_batching_window_in_seconds",
                "ParallelizationFactor": "parallelization_factor",
                "FunctionResponseTypes": "function_response_types",
                "BisectBatchOnFunctionError": "bisect_batch_on_function_error",
                "MaximumRetryAttempts": "maximum_retry_attempts",
                "MaximumRecordAgeInSeconds": "maximum_record_age_in_seconds"}, mapping)
            self.assertEqual(
                properties(there, "Mapping")["DestinationConfig"]["OnFailure"]["Destination"],
                only(only(mapping["destination_config"])["on_failure"])["destination_arn"])
            self.same(properties(there, "Log"), {
                "LogGroupName": "name", "RetentionInDays": "retention_in_days",
            }, here.resource("aws_cloudwatch_log_group", "log"))

    def test_policies(self) -> None:
        for _, there, here in self.each():
            policy, = properties(there, "Role")["Policies"]
            wanted = policy["PolicyDocument"]["Statement"]
            of = here.blocks["data", "aws_iam_policy_document", "policy"]
            ours = {statement["sid"]: statement for statement in of["statement"]}
            self.assertEqual(
                {s["Sid"]: (s["Action"], s["Resource"]) for s in wanted if isinstance(s, dict)},
                {sid: (s["actions"], [self.arn(r) for r in s["resources"]])
                 for sid, s in ours.items()})
            (_, condition, decrypt, _), = (s for s in wanted if isinstance(s, list))
            dynamic = json.dumps(of["dynamic"])
            self.assertEqual(("HasStreamKey", "kms:Decrypt"), (condition, decrypt["Action"]))
            for part in (decrypt["Sid"], decrypt["Action"], "var.existing_stream_key_arn"):
                self.assertIn(part, dynamic)
            for queue in ("DeadLetters", "FailedBatches"):
                refusal, = properties(there, f"{queue}OverTls")["PolicyDocument"]["Statement"]
                own = only(here.blocks["data", "aws_iam_policy_document",
                                       f"{snake(queue)}_over_tls"]["statement"])
                self.assertEqual(
                    (refusal["Sid"], refusal["Effect"], [refusal["Action"]], [refusal["Resource"]]),
                    (own["sid"], own["effect"], own["actions"], own["resources"]))
                condition = only(own["condition"])
                self.assertEqual(refusal["Condition"], {
                    condition["test"]: {condition["variable"]: only(condition["values"])}})

    @staticmethod
    def arn(name: object) -> object:
        """A log group's ARN ends with its streams in CloudFormation alone."""
        return "${Log.Arn}" if name == "${aws_cloudwatch_log_group.log.arn}:*" else name

    def test_alarms_and_dashboard(self) -> None:
        for _, there, here in self.each():
            ours = {a["alarm_name"]: a for a in here.all("aws_cloudwatch_metric_alarm").values()}
            for alarm in resources(there, "AWS::CloudWatch::Alarm").values():
                own = ours[alarm["AlarmName"]]
                self.same(alarm, {
                    "AlarmDescription": "alarm_description", "Namespace": "namespace",
                    "MetricName": "metric_name", "Statistic": "statistic", "Period": "period",
                    "EvaluationPeriods": "evaluation_periods", "Threshold": "threshold",
                    "ComparisonOperator": "comparison_operator", "AlarmActions": "alarm_actions",
                    "TreatMissingData": "treat_missing_data", "OKActions": "ok_actions"}, own)
                self.assertEqual({d["Name"]: d["Value"] for d in alarm["Dimensions"]},
                                 own["dimensions"])
            board = here.resource("aws_cloudwatch_dashboard", "dashboard")
            text = re.search(r"\{.*\}", board["dashboard_body"], re.S)[0]
            self.assertEqual(deployments.dashboard(there), json.loads(text)["widgets"])

    def test_outputs(self) -> None:
        for _, there, here in self.each():
            ours = {key[1]: block for key, block in here.blocks.items() if key[0] == "output"}
            self.assertEqual({snake(name): (of["Description"], of["Value"])
                              for name, of in there["Outputs"].items()},
                             {name: (of["description"], of["value"]) for name, of in ours.items()})


if __name__ == "__main__":
    unittest.main()
