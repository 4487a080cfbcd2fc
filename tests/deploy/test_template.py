"""The CloudFormation template: sound, and in agreement with what the program does."""

import dataclasses
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import deployments
from deployments import HERE, REFERENCE, ROOT, SCHEMAS, files, model, properties, resources, template

import python_tools

from codegen import deploy

LINTER = ("cfn-lint", "1.58.0")
ACCEPT = os.environ.get("KH_ACCEPT") == "1"


class Lint(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.reason = ""
        try:
            cls.folder = python_tools.obtain(*LINTER)
        except python_tools.CannotBeHad as reason:
            cls.reason = str(reason)

    def lint(self, text: str, *options: str) -> str:
        if self.reason:
            self.skipTest(self.reason)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "template.yaml")
            path.write_text(text, encoding="utf-8")
            done = subprocess.run(
                [sys.executable, self.folder / "bin/cfn-lint", "--template", path, *options],
                env=os.environ | {"PYTHONPATH": str(self.folder)}, capture_output=True, text=True,
                timeout=300)
            return (done.stdout + done.stderr).replace(folder, "")

    def test_cfn_lint_finds_nothing(self) -> None:
        for service in SCHEMAS:
            with self.subTest(service):
                # Words of schemas may look like references; where they stand they are none.
                options = ("--ignore-checks", "E1029") if service == "odd" else ()
                self.assertEqual("", self.lint(files(service)["template.yaml"], *options))

    def test_cfn_lint_would_find_something(self) -> None:
        text = files("user-limits")["template.yaml"].replace("BillingMode", "BilingMode")
        self.assertIn("BilingMode", self.lint(text))


class Goldens(unittest.TestCase):
    """The files of a service elsewhere, as they were looked at. KH_ACCEPT=1 takes what comes out now."""

    maxDiff = None

    def test_the_consumers_deployment_is_as_expected(self) -> None:
        expected = HERE / "expected/parcels"
        for name, text in files("parcels").items():
            with self.subTest(name):
                path = expected / f"{name}.expected"
                if ACCEPT:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(text, encoding="utf-8")
                self.assertEqual(path.read_text(encoding="utf-8"), text)
        self.assertEqual(sorted(files("parcels")),
                         sorted(str(path.relative_to(expected)).removesuffix(".expected")
                                for path in expected.rglob("*.expected")))


class Policy(unittest.TestCase):
    def statements(self, service: str) -> dict[str, dict]:
        document = properties(template(service), "Role")["Policies"][0]["PolicyDocument"]
        return {s["Sid"]: s for s in document["Statement"] if isinstance(s, dict)}

    def test_actions_are_those_that_the_store_sends(self) -> None:
        sent = set()
        for path in (ROOT / "src/store").glob("dynamodb*.c"):
            # Tables are made by the template.
            if path.name != "dynamodb_tables.c":
                sent |= set(re.findall(r'"((?:Batch|Transact)\w+Items?|(?:Put|Update|Delete|Get)Item'
                                       r'|Query|Scan)"', path.read_text()))
        self.assertEqual({"BatchGetItem", "TransactWriteItems", "PutItem", "UpdateItem",
                          "DeleteItem", "Query", "Scan"}, sent)
        # A transaction needs what is in it. A scan is what `dump` does, and no handler can ask for.
        needed = sent - {"TransactWriteItems", "Scan"} | {"ConditionCheckItem"}
        allowed = {action.removeprefix("dynamodb:")
                   for statement in self.statements("user-limits").values()
                   for action in statement["Action"] if action.startswith("dynamodb:")}
        self.assertEqual(needed, allowed)

    def test_nothing_is_allowed_on_everything(self) -> None:
        for service in SCHEMAS:
            for statement in self.statements(service).values():
                for name in [*statement["Action"], *statement["Resource"]]:
                    self.assertNotIn("*", name, service)

    def test_tables_and_indexes_are_named_one_by_one(self) -> None:
        found = self.statements("user-limits")
        self.assertEqual(["${UserLimitTable.Arn}"], found["ChangeRows"]["Resource"])
        self.assertEqual(["${UserLimitTable.Arn}/index/by_user"], found["QueryIndexes"]["Resource"])
        self.assertEqual(["${KhMarksTable.Arn}"], found["RememberEvents"]["Resource"])

    def test_many_tables_do_not_make_a_policy_too_long_for_iam(self) -> None:
        one = model("user-limits")
        entity, = one.entities
        many = dataclasses.replace(one, entities=tuple(
            dataclasses.replace(entity, table=f"Table{number}") for number in range(300)))
        text = deploy.files(many)["template.yaml"]
        of = deployments.load(text)
        self.assertEqual(302, len(resources(of, "AWS::DynamoDB::Table")))
        policy = text[text.index("  Role:"):text.index("  Function:\n    Type")]
        self.assertLess(len(policy), 10_240)
        self.assertIn("table/user-limits-${Stage}-*", policy)


class Agreement(unittest.TestCase):
    """With the sources that the generator can't read."""

    def test_the_environment_has_settings_of_the_service_with_values_they_may_have(self) -> None:
        for service in SCHEMAS:
            of = template(service)
            settings = {setting.name: setting for setting in model(service).settings}
            variables = properties(of, "Function")["Environment"]["Variables"]
            self.assertEqual([], sorted(set(variables) - set(settings)))
            self.assertEqual([], [name for name, setting in settings.items()
                                  if not setting.of_runtime and name not in variables])
            for name, choice in (("DB", "dynamodb"), ("METRICS", "emf")):
                self.assertEqual(choice, variables[name])
                self.assertIn(choice, [value.value for value in settings[name].type.values])

    def test_the_dashboard_and_alarms_watch_metrics_that_are_written(self) -> None:
        source = (ROOT / "src/edge/metrics.c").read_text()
        written = set(re.findall(r'\{ KH_STR_INIT\("(\w+)"\), KH_STR_INIT', source))
        self.assertIn('KH_STR("service")', source)
        of = template("user-limits")
        space = properties(of, "Function")["Environment"]["Variables"]["METRICS_NAMESPACE"]
        own = [line for widget in deployments.dashboard(of)
               for line in widget["properties"]["metrics"] if line[0] == space]
        # How far behind it is Lambda measures itself: the iterator's age.
        self.assertEqual(written - {"records", "millisBehindLatest"}, {line[1] for line in own})
        self.assertEqual([["service", "user-limits"]] * len(own), [line[2:4] for line in own])
        alarms = [alarm for alarm in resources(of, "AWS::CloudWatch::Alarm").values()
                  if alarm["Namespace"] == space]
        self.assertEqual([("retry", [{"Name": "service", "Value": "user-limits"}])],
                         [(alarm["MetricName"], alarm["Dimensions"]) for alarm in alarms])

    def test_names_of_the_store_are_its_own(self) -> None:
        header = (ROOT / "src/store/dynamodb_store.h").read_text()
        items = (ROOT / "src/store/dynamodb_item.h").read_text()
        self.assertIn('KH__DYNAMODB_MARKS_TABLE "kh-marks"', header)
        self.assertIn('"kh-checkpoints"', (ROOT / "src/model/checkpoint.c").read_text())
        self.assertRegex(items + header, r'KH__DYNAMODB_EXPIRES +KH_STR\("kh#expires"\)')
        for table in resources(template("user-limits"), "AWS::DynamoDB::Table").values():
            self.assertEqual({"AttributeName": "kh#expires", "Enabled": True},
                             table["TimeToLiveSpecification"])

    def test_every_reference_leads_somewhere(self) -> None:
        for service in SCHEMAS:
            of = template(service)
            known = of["Parameters"].keys() | of["Resources"].keys() | {"StreamName", "What"}
            text = files(service)["template.yaml"].split("\nConditions:")[1]
            for name in re.findall(r"!(?:Ref|GetAtt) ([\w:]+)", text) + REFERENCE.findall(text):
                if not name.startswith("AWS::"):
                    self.assertIn(name.split(".")[0], known, service)


class Parameters(unittest.TestCase):
    def test_settings_keep_their_bounds(self) -> None:
        found = template("odd")["Parameters"]
        self.assertEqual(["yes", "no", "on"], found["Answer"]["AllowedValues"])
        self.assertEqual("no", found["Answer"]["Default"])
        self.assertEqual(("String", 1, True), tuple(
            found["ApiToken"][name] for name in ("Type", "MinLength", "NoEcho")))
        self.assertNotIn("Default", found["ApiToken"])
        self.assertEqual('${AWS::Region} %{x} "y" \\ z', found["Greeting"]["Default"])
        self.assertEqual(("false", ["true", "false"]),
                         (found["IsOn"]["Default"], found["IsOn"]["AllowedValues"]))
        self.assertEqual("", found["Least"]["Default"])
        parcels = template("parcels")["Parameters"]["MaxWeightGrams"]
        self.assertEqual(("Number", 30000, 1, 1000000), tuple(
            parcels[name] for name in ("Type", "Default", "MinValue", "MaxValue")))

    def test_a_setting_that_may_be_absent_is_only_set_where_there_is_a_value(self) -> None:
        variables = properties(template("odd"), "Function")["Environment"]["Variables"]
        self.assertEqual(["If", "HasLeast", "${Least}", "${AWS::NoValue}"], variables["LEAST"])

    def test_a_setting_named_as_a_parameter_of_ours_gets_another(self) -> None:
        found = template("odd")
        self.assertEqual("dev", found["Parameters"]["Stage"]["Default"])
        self.assertEqual("x", found["Parameters"]["StageSetting"]["Default"])
        self.assertEqual("${StageSetting}",
                         properties(found, "Function")["Environment"]["Variables"]["STAGE"])

    def test_without_an_ordering_key_there_is_no_parallelization(self) -> None:
        self.assertEqual(1, template("odd")["Parameters"]["ParallelizationFactor"]["MaxValue"])
        self.assertEqual(10, template("parcels")["Parameters"]["ParallelizationFactor"]["MaxValue"])

    def test_a_service_whose_name_is_too_long_is_refused(self) -> None:
        named = dataclasses.replace(model("odd"), service="a" * 48)
        self.assertRegex(str(deploy.problems(named, "schema")[0]), "schema:1: .* at most 47 char")
        self.assertEqual([], deploy.problems(dataclasses.replace(named, service="a" * 47), "schema"))


class Tables(unittest.TestCase):
    def test_an_index_holds_members_of_a_key_that_is_not_made_of_them(self) -> None:
        table = properties(template("odd"), "SightTable")
        self.assertEqual([("at#order", "HASH"), ("place", "RANGE")],
                         [(key["AttributeName"], key["KeyType"]) for key in table["KeySchema"]])
        index, = table["GlobalSecondaryIndexes"]
        self.assertEqual(["${What}", "by_what#order"],
                         [key["AttributeName"] for key in index["KeySchema"]])
        self.assertEqual({"ProjectionType": "INCLUDE", "NonKeyAttributes": ["at"]},
                         index["Projection"])

    def test_names_that_are_one_in_camel_case_stay_two(self) -> None:
        found = resources(template("odd"), "AWS::DynamoDB::Table")
        self.assertEqual({"odd-${Stage}-Table-a1", "odd-${Stage}-Table-a_1", "odd-${Stage}-Sight",
                          "odd-${Stage}-kh-checkpoints", "odd-${Stage}-kh-marks"}, {t["TableName"] for t in found.values()})


class BesideThePackage(unittest.TestCase):
    def test_the_template_is_for_the_processor_of_its_zip_alone(self) -> None:
        wanted = template("user-limits")
        text = files("user-limits")["template.yaml"]
        for architecture, name in (("x86_64", "function.zip"), ("arm64", "function-arm64.zip")):
            with tempfile.TemporaryDirectory() as folder:
                source, target = pathlib.Path(folder, "template.yaml"), pathlib.Path(folder, "out")
                source.write_text(text)
                subprocess.run([sys.executable, ROOT / "package/template.py", architecture, source,
                                f"build/package/{name}", target], check=True, timeout=60)
                made = deployments.load(target.read_text())
            parameter = made["Parameters"]["Architecture"]
            self.assertEqual(architecture, parameter["Default"])
            self.assertEqual([architecture], parameter["AllowedValues"])
            self.assertEqual(name, properties(made, "Function")["CodeUri"])
            # And nothing else is changed.
            made["Parameters"]["Architecture"] = wanted["Parameters"]["Architecture"]
            properties(made, "Function")["CodeUri"] = "function.zip"
            self.assertEqual(wanted, made)

    def test_another_file_is_refused(self) -> None:
        done = subprocess.run([sys.executable, ROOT / "package/template.py", "arm64",
                               ROOT / "README.md", "function.zip", os.devnull],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(1, done.returncode)
        self.assertIn("0 times instead of once", done.stderr)


if __name__ == "__main__":
    unittest.main()
