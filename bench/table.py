"""Results as text."""

from __future__ import annotations


def columns(rows: list[list[str]]) -> str:
    """Rows as columns: the first to the left, the others to the right; the first row is the head."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]

    def line(row: list[str]) -> str:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        return "  ".join(cells).rstrip()

    return "\n".join([line(rows[0]), line(["-" * width for width in widths]), *map(line, rows[1:])])


def number(value: float) -> str:
    """With as many digits as mean something."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def times(value: float) -> str:
    return "" if value == 1 else f"{number(value)} x"


def machine(facts: dict) -> str:
    return (f"{facts['cpu']}, {facts['architecture']}, one of {facts['cores']} cores; "
            f"{facts['date']}; load {facts['loadBefore']} before\n"
            + "\n".join(facts["compilers"].values()))


def not_run(rows: list[dict]) -> str:
    return "".join(f"NOT RUN: {row['name']} ({row['of']}): {row['reason']}\n" for row in rows)


def goals(judged: list[dict]) -> str:
    verdicts = {True: "met", False: "NOT MET", None: "not measured"}
    rows = [["goal", "wanted", "reached", ""]]
    for each in judged:
        reached = "" if each["reached"] is None else number(each["reached"])
        rows.append([each["goal"], number(each["wanted"]), reached, verdicts[each["met"]]])
    return columns(rows)


def decode_set(result: dict) -> str:
    rows = [["", "MB/s", "best", "ns an event", "validates", "we are"]]
    for row in result["decoders"]:
        rows.append([row["name"], number(row["mbPerS"]), number(row["bestMbPerS"]),
                     number(row["nsPerEvent"]), "yes" if row["validates"] else "no",
                     times(row["oursIs"])])
    for row in result["base64"]:
        rows.append([f"base64 alone: {row['name']}", number(row["mbPerS"]),
                     number(row["bestMbPerS"]), number(row["nsPerEvent"]), "", ""])
    head = (f"{result['set']}: {result['events']:,} events in {result['bytes']:,} bytes "
            f"({result['base64Bytes']:,} of base64), checksum {result['checksum']}")
    share = (f"We decode at {result['shareOfBase64']:.0%} of the speed of base64 alone "
             "(document's MB/s to base64's MB/s).")
    return f"{head}\n\n{columns(rows)}\n\n{share}"


def decode(section: dict) -> str:
    parts = [machine(section["machine"]), *map(decode_set, section["sets"]), goals(section["goals"])]
    return "\n\n".join(parts) + "\n\n" + not_run(section["notRun"])


def proto_set(result: dict) -> str:
    rows = [["", "ns an event", "best", "checks", "we are"]]
    for row in result["decoders"]:
        rows.append([row["name"], number(row["nsPerEvent"]), number(row["bestNsPerEvent"]),
                     row["checks"], times(row["oursIs"])])
    return (f"{result['set']}: {result['events']:,} events in {result['bytes']:,} bytes "
            f"({result['jsonBytes']:,} in JSON), checksum {result['checksum']}\n\n{columns(rows)}")


def proto(section: dict) -> str:
    parts = [machine(section["machine"]), *map(proto_set, section["sets"]), goals(section["goals"])]
    return "\n\n".join(parts) + "\n\n" + not_run(section["notRun"])


def invoke_case(case: dict) -> str:
    rows = [["", "events/s", "ms", "best", "p99", "CPU us an event", "peak MiB", "we are"]]
    for row in case["services"]:
        rows.append([row["name"], number(row["eventsPerS"]), number(row["medianMs"]),
                     number(row["bestMs"]), number(row["p99Ms"]),
                     number(row["processorUsPerEvent"]), number(row["peakMiB"]),
                     times(row["oursIs"])])
    return (f"{case['records']:,} records an invocation, {case['invocations']:,} invocations\n\n"
            f"{columns(rows)}")


def invoke(section: dict) -> str:
    parts = [machine(section["machine"]), *map(invoke_case, section["cases"]),
             goals(section["goals"])]
    return "\n\n".join(parts) + "\n\n" + not_run(section["notRun"])


def start(section: dict) -> str:
    rows = [["", "ms to first next", "best", "p90", "MiB resident", "we are"]]
    for row in section["services"]:
        rows.append([row["name"], number(row["medianMs"]), number(row["bestMs"]),
                     number(row["p90Ms"]), number(row["residentMiB"]), times(row["oursIs"])])
    parts = [machine(section["machine"]), columns(rows), goals(section["goals"])]
    return "\n\n".join(parts) + "\n\n" + not_run(section["notRun"])


def batch(section: dict) -> str:
    rows = [["records", "decoding, ns an event", "everything else", "share"]]
    for row in section["cases"]:
        rows.append([f"{row['records']:,}", number(row["decodeNs"]), number(row["restNs"]),
                     f"{row['share']:.2f}"])
    return "\n\n".join([machine(section["machine"]), columns(rows), goals(section["goals"])]) + "\n"


def stores(section: dict) -> str:
    rows = [["store", "ns an event, usual", "events a second", "ns an event, mean", "events a second"]]
    for row in section["stores"]:
        rows.append([row["store"], number(row["usualNs"]), number(row["usualPerS"]),
                     number(row["meanNs"]), number(row["meanPerS"])])
    head = (f"Batches of {section['records']} events on {section['entities']} entities, each a commit: "
            f"the median and the mean of {section['batches']} batches")
    return "\n\n".join([machine(section["machine"]), head, columns(rows),
                        goals(section["goals"])]) + "\n"


GENERATED = {"cold": "from nothing", "unchanged": "no change", "changed": "one schema changed"}


def generated(services: list[dict]) -> str:
    rows = [["events", "files", "MB"] + [f"{name}, s (CPU)" for name in GENERATED.values()]]
    for of in services:
        made = of["generation"]
        rows.append([f"{of['events']:,}", f"{made['files']:,}", number(made["megabytes"])] +
                    [f"{made[key]['wall']:.2f} ({made[key]['cpu']:.2f})" for key in GENERATED])
    return columns(rows)


def compiled(of: dict) -> str:
    made = of["compilation"]
    rows = [["kind of file", "files", "compiled", "CPU s each", "text and data each"]]
    for name, kind in made["kinds"].items():
        rows.append([name, f"{kind['files']:,}", str(kind["sampled"]), f"{kind['seconds']:.3f}",
                     f"{kind['bytes']:,.0f}"])
    return (f"Compiling {of['events']:,} events\n\n{columns(rows)}\n\n"
            f"A handler that includes handlers.h takes "
            f"{made['handler_with_handlers_h']['seconds']:.3f} s; an event's code takes "
            f"{made['bytes_per_member']:,.0f} bytes for each member.")


def linear(figures: dict) -> str:
    sizes = list(next(iter(figures.values()))["values"])
    rows = [["for each schema, of"] + [f"{int(size):,}" for size in sizes] + [""]]
    for name, figure in figures.items():
        rows.append([name] + [f"{figure['values'][size]:.2f}" for size in sizes] +
                    ["linear" if figure["linear"] else "NOT LINEAR"])
    return columns(rows)


def generator(section: dict) -> str:
    services = section["services"]
    parts = [machine(section["machine"]), generated(services), *map(compiled, services),
             linear(section["linear"]), goals(section["goals"])]
    return "\n\n".join(parts) + "\n"
