"""Tables, goals and plots of results that are given."""

import json
import pathlib
import unittest
import xml.etree.ElementTree as xml

from bench import (
    batching, build, decoding, generating, invoking, machine, measure, plot, run, starting, storing, table, unpacking)
from bench.goals import Goal

RESULTS = json.loads((pathlib.Path(__file__).parent / "results.json").read_text())
SVG = "{http://www.w3.org/2000/svg}"


class Goals(unittest.TestCase):
    GOAL = Goal("twice the other", ["a", "b"], "other", 2.0)

    def test_the_worst_case_decides(self) -> None:
        judged = self.GOAL.judge({"a": 3.0, "b": 1.9}.get)
        self.assertEqual({"goal": "twice the other", "wanted": 2.0, "reached": 1.9, "met": False},
                         judged)
        self.assertIs(True, self.GOAL.judge({"a": 3.0, "b": 2.0}.get)["met"])

    def test_what_was_not_measured_is_neither_met_nor_missed(self) -> None:
        self.assertIsNone(self.GOAL.judge({}.get)["met"])

    def test_every_goal_of_decoding_is_judged(self) -> None:
        judged = decoding.judge(RESULTS["decode"]["sets"])
        self.assertEqual(len(decoding.GOALS) + 1, len(judged))
        by_name = {each["goal"]: each for each in judged}
        self.assertEqual(2.5, by_name["simdjson, producers' order"]["reached"])
        self.assertIs(True, by_name["simdjson, producers' order"]["met"])
        self.assertIs(False, by_name["simdjson, shuffled or escaped"]["met"])
        self.assertIsNone(by_name["yyjson, producers' order"]["met"])


    def test_goals_of_messages_are_judged_where_they_are_worst(self) -> None:
        judged = {each["goal"]: each for each in unpacking.judge(RESULTS["proto"]["sets"])}
        self.assertEqual(len(unpacking.GOALS), len(judged))
        self.assertEqual(1.5, judged["protobuf-c, memory from an arena: twice as fast"]["reached"])
        self.assertIs(False, judged["protobuf-c, memory from an arena: twice as fast"]["met"])
        self.assertIs(True, judged["protobuf-c, memory from an arena: 1.3 times its time"]["met"])
        self.assertIsNone(judged["protobuf-c, memory from malloc: twice as fast"]["met"])

    def test_goals_of_invocations_and_starts_are_judged(self) -> None:
        judged = {each["goal"]: each for each in invoking.judge(RESULTS["invoke"]["cases"])}
        self.assertIs(True, judged["ahead of Rust, 100 records and more"]["met"])
        self.assertIsNone(judged["Go, 100 records and more"]["met"])
        judged = {each["goal"]: each for each in starting.judge(RESULTS["start"]["services"])}
        self.assertIs(True, judged["ms to the first next, at most"]["met"])
        self.assertIs(False, judged["a third of Rust's time"]["met"])
        self.assertIsNone(judged["a thirtieth of Node.js's time"]["met"])


class Builds(unittest.TestCase):
    def test_what_cannot_be_built_keeps_the_reason_and_the_others_are_run(self) -> None:
        def refuse() -> None:
            raise build.CannotBuild("cargo is not installed")

        programs = [
            *build.attempt([build.Program("one", "of one", ["one"])], lambda: None),
            *build.attempt([build.Program("two", "of two", ["two"])], refuse),
        ]
        run, not_run = measure.split(programs)
        self.assertEqual(["one"], [each.name for each in run])
        self.assertEqual(
            [{"name": "two", "of": "of two", "reason": "cargo is not installed"}], not_run)

    def test_a_command_that_fails_or_is_not_there_is_a_reason(self) -> None:
        with self.assertRaisesRegex(build.CannotBuild, "false.* failed"):
            build.call("false", "with", "words")
        with self.assertRaisesRegex(build.CannotBuild, "no-such-tool is not installed"):
            build.need("no-such-tool")


class Checksums(unittest.TestCase):
    def test_programs_that_differ_are_an_error_that_names_them(self) -> None:
        reports = {"one": [{"checksum": "aa"}], "two": [{"checksum": "bb"}]}
        with self.assertRaisesRegex(measure.Failed, "one aa.*two bb"):
            decoding.agree("a set", reports)
        self.assertEqual("aa", decoding.agree("a set", {"one": [{"checksum": "aa"}] * 2}))


class Tables(unittest.TestCase):
    def test_columns_line_up(self) -> None:
        self.assertEqual("name  n\n----  -\nx     1\nlong  2",
                         table.columns([["name", "n"], ["x", "1"], ["long", "2"]]))

    def test_the_table_has_every_program_and_says_what_was_not_run(self) -> None:
        text = table.decode(RESULTS["decode"])
        for expected in ("kinesis-handler", "simdjson", "NOT RUN: yyjson", "no network", "NOT MET",
                         "not measured", "3,000", "2.5 x", "producers-1000"):
            self.assertIn(expected, text)


    def test_the_table_and_the_plot_of_messages(self) -> None:
        text = table.proto(RESULTS["proto"])
        for expected in ("producers-1000", "UTF-8, every rule", "2.5 x", "NOT RUN: upb"):
            self.assertIn(expected, text)
        self.assertIn("195 ns", plot.proto(RESULTS["proto"]))

    def test_the_tables_of_invocations_and_starts(self) -> None:
        text = table.invoke(RESULTS["invoke"])
        for expected in ("100 records an invocation", "500,000", "2 x", "NOT RUN: Go"):
            self.assertIn(expected, text)
        text = table.start(RESULTS["start"])
        for expected in ("kinesis-handler", "0.5", "2 x"):
            self.assertIn(expected, text)

    def test_the_tables_of_batches_and_of_the_generator(self) -> None:
        rows = [batching.row(5000, 12, [{"decodeNs": 300.0, "restNs": each} for each in (2, 360, 900)])]
        text = table.batch({"machine": machine.describe(), "cases": rows,
                            "goals": batching.judge(rows)})
        for expected in ("5,000", "360", "1.20", "NOT MET"):
            self.assertIn(expected, text)
        services = [self.service(100, 0.4), self.service(1000, 6.0)]
        text = table.generator({"machine": machine.describe(), "services": services,
                                "linear": generating.linear(services),
                                "goals": generating.judge(services)})
        for expected in ("1,000", "6.00 (9.00)", "NOT LINEAR", "NOT MET", "770 bytes"):
            self.assertIn(expected, text)

    def test_the_table_of_stores(self) -> None:
        rows = [{"store": "in memory", "usualNs": 1250.0, "usualPerS": 800_000,
                 "meanNs": 2000.0, "meanPerS": 500_000},
                {"store": "SQLite, normal", "usualNs": 25000.0, "usualPerS": 40_000,
                 "meanNs": 40000.0, "meanPerS": 25_000}]
        text = table.stores({"machine": machine.describe(), "batches": 7, "records": 100,
                             "entities": 50, "stores": rows, "goals": storing.judge(rows)})
        for expected in ("7 batches", "800,000", "25,000", "NOT MET"):
            self.assertIn(expected, text)

    def test_the_page_has_all_sections_in_order(self) -> None:
        page = run.as_page(RESULTS)
        places = [page.index(f"## ./dev bench {what}") for what in ("decode", "proto", "invoke", "start")]
        self.assertEqual(sorted(places), places)
        self.assertIn("producers-1000", page)
        self.assertNotIn("generator", page)

    @staticmethod
    def service(events: int, seconds: float) -> dict:
        time = {"wall": seconds, "cpu": seconds * 1.5}
        kind = {"files": events, "sampled": 2, "seconds": 0.5, "bytes": 16000.0}
        return {
            "events": events,
            "generation": {"cold": time, "unchanged": time, "changed": time, "files": events * 9,
                           "megabytes": 3.5},
            "compilation": {"kinds": {"event": kind, "handler": kind}, "per_schema": kind,
                            "handler_with_handlers_h": kind, "bytes_per_member": 770.0},
        }


class Plots(unittest.TestCase):
    def setUp(self) -> None:
        self.picture = xml.fromstring(plot.decode(RESULTS["decode"]))

    def bars(self, kind: str) -> list[float]:
        return [float(bar.get("width", "0")) for bar in self.picture.iter(f"{SVG}rect")
                if bar.get("class") == kind]

    def test_bars_are_as_long_as_what_they_stand_for(self) -> None:
        ours, other = self.bars("ours")[0], self.bars("bar")[0]
        self.assertAlmostEqual(3000 / 1200, ours / other, places=2)
        self.assertEqual(2, len(self.bars("ours")))

    def test_nothing_leaves_the_picture(self) -> None:
        width, height = (float(self.picture.get(name, "0")) for name in ("width", "height"))
        for bar in self.picture.iter(f"{SVG}rect"):
            self.assertLessEqual(float(bar.get("x")) + float(bar.get("width")), width)
            self.assertLessEqual(float(bar.get("y")) + float(bar.get("height")), height)

    def test_groups_of_invocations_have_scales_of_their_own(self) -> None:
        picture = xml.fromstring(plot.invoke(RESULTS["invoke"]))
        longest = [bar.get("width") for bar in picture.iter(f"{SVG}rect")
                   if bar.get("class") == "ours"]
        self.assertEqual(1, len(set(longest)))

    def test_the_plot_of_starts_has_time_and_memory(self) -> None:
        text = plot.start(RESULTS["start"])
        self.assertIn("0.5 ms", text)
        self.assertIn("6 MiB", text)

    def test_it_can_be_read_on_a_dark_page(self) -> None:
        self.assertIn("prefers-color-scheme: dark", plot.decode(RESULTS["decode"]))

    def test_text_is_escaped(self) -> None:
        bar = plot.Bar("a<b", 1.0, "1 & 2")
        self.assertIn("a&lt;b", plot.draw("t", "n", [plot.Group("g", [bar])]))


if __name__ == "__main__":
    unittest.main()
