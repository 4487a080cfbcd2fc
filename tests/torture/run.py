"""./dev torture: runs the campaigns in full. See docs/torture.md."""

from __future__ import annotations

import argparse
import contextlib
import json
import pathlib
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "stack")]

import campaign  # noqa: E402
import cost  # noqa: E402
import dynamodb_local  # noqa: E402
import kinesis_local  # noqa: E402
import service  # noqa: E402
import streaming  # noqa: E402

CAMPAIGNS = {
    "sqlite": "kill the service on a SQLite file",
    "dynamodb": "kill the service on DynamoDB Local",
    "faults": "let a proxy spoil what goes to and from DynamoDB Local",
    "workers": "let two services work on the same events, on both stores",
    "storm": "kills, faults and two services, all at once, on DynamoDB Local",
    "stack": "send events through Kinesis, a worker and DynamoDB Local; then again, and kill the worker",
    "cost": "count requests and units of a thousand events on DynamoDB (nothing goes wrong here)",
}
# Events and kills.
FULL = {"sqlite": (5_000, 200), "dynamodb": (5_000, 50), "faults": (10_000, 0), "workers": (5_000, 0),
        "storm": (3_000, 40), "stack": (100_000, 20), "cost": (0, 0)}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./dev torture", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Processes a stream of events while everything goes wrong, and compares what is in the\n"
                    "store afterwards with a model. Campaigns (default: all of them):\n\n"
                    + "\n".join(f"  {name:10}{text}" for name, text in CAMPAIGNS.items()),
        epilog="Exit status: 0 when all is as it must be, 1 when not, 77 when DynamoDB Local can't be had.")
    parser.add_argument("campaigns", nargs="*", metavar="CAMPAIGN", choices=[[], *CAMPAIGNS],
                        help="which (default: all)")
    parser.add_argument("--kills", type=int, metavar="N", help="of sqlite (default: 200), dynamodb (50), storm (40), "
                             "stack (20)")
    parser.add_argument("--events", type=int, metavar="N",
                        help="in the stream (default: 5000; faults: 10000; storm: 3000; stack: 100000)")
    parser.add_argument("--seed", type=int, metavar="S", default=int(time.time()),
                        help="of the stream and of what goes wrong (default: the time)")
    parser.add_argument("--keep", action="store_true", help="keep the folder with logs and the database")
    parser.add_argument("--json", action="store_true", help="print the reports as JSON")
    chosen = parser.parse_args()
    for name, least in (("kills", 0), ("events", 100)):
        if getattr(chosen, name) is not None and getattr(chosen, name) < least:
            parser.error(f"--{name}: at least {least}")
    return chosen


def tell(text: str) -> None:
    sys.stderr.write(f"\r\x1b[K{text}")
    sys.stderr.flush()


def run(name: str, chosen: argparse.Namespace, url: str, folder: pathlib.Path) -> list[dict]:
    events, kills = FULL[name]
    events = chosen.events or events
    kills = kills if chosen.kills is None or name in ("faults", "workers") else chosen.kills
    told = tell if sys.stderr.isatty() else None
    if name == "sqlite":
        return [campaign.kill_sqlite(events, kills, chosen.seed, folder, told)]
    if name == "dynamodb":
        return [campaign.kill_dynamodb(url, events, kills, chosen.seed, folder, told)]
    if name == "faults":
        return [campaign.faults(url, events, chosen.seed, folder, told)]
    if name == "storm":
        return [campaign.storm(url, events, kills, chosen.seed, folder, told)]
    if name == "stack":
        return streaming.campaigns(url, events, kills, chosen.seed, folder, told)
    if name == "cost":
        return [{"campaign": "cost of 1,000 events", "seed": 1, "problems": []} | each
                for each in cost.measure_all(url, folder)]
    return [campaign.workers_on_sqlite(events, chosen.seed, folder / "sqlite", told),
            campaign.workers_on_dynamodb(url, events, chosen.seed, folder / "dynamodb", told)]


def show(report: dict) -> None:
    print(f"{report['campaign']} (seed {report['seed']})")
    for name, value in report.items():
        if name not in ("campaign", "problems", "seed"):
            if isinstance(value, dict):
                value = ", ".join(f"{key} {count}" for key, count in value.items()) or "none"
            print(f"  {name:24} {value}")
    for problem in report["problems"][:20]:
        print(f"  PROBLEM: {problem}")
    print("  " + ("as it must be" if not report["problems"] else f"{len(report['problems'])} problems"))


def main() -> int:
    chosen = arguments()
    names = chosen.campaigns or list(CAMPAIGNS)
    reports: list[dict] = []
    shown = 0
    with contextlib.ExitStack() as stack:
        if chosen.keep:
            root = tempfile.mkdtemp(prefix="torture-")
            print(f"logs are in {root}", file=sys.stderr)
        else:
            root = stack.enter_context(tempfile.TemporaryDirectory(prefix="torture-"))
        url = ""
        if names != ["sqlite"]:
            try:
                url = stack.enter_context(dynamodb_local.Server()).url
            except dynamodb_local.CannotBeHad as reason:
                print(f"SKIPPED: {reason}", file=sys.stderr)
                if "sqlite" not in names:
                    return dynamodb_local.SKIPPED
                names = ["sqlite"]
        for name in names:
            try:
                reports += run(name, chosen, url, pathlib.Path(root) / name)
            except kinesis_local.CannotBeHad as reason:
                print(f"SKIPPED: {reason}", file=sys.stderr)
                if not reports and name == names[-1]:
                    return kinesis_local.SKIPPED
            except service.Failed as failure:
                print(f"torture: {name} (seed {chosen.seed}): {failure}", file=sys.stderr)
                return 1
            if sys.stderr.isatty():
                tell("")
            if not chosen.json:
                for report in reports[shown:]:
                    show(report)
                shown = len(reports)
    if chosen.json:
        print(json.dumps(reports, indent=2))
    return 1 if any(report["problems"] for report in reports) else 0


if __name__ == "__main__":
    sys.exit(main())
