"""Bars as SVG, readable on a light and on a dark page. Plain text: no library, no script, no font file."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

WIDTH = 760
LABELS = 190        # where bars begin
VALUES = 90         # room for figures behind the longest bar
BAR = 18
GAP = 6
HEAD = 34

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #24292f; }
  .title { font-weight: 600; font-size: 15px; }
  .group { font-weight: 600; }
  .note { fill: #57606a; font-size: 12px; }
  .bar { fill: #8c959f; }
  .ours { fill: #0969da; }
  .axis { stroke: #d0d7de; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .note { fill: #9198a1; }
    .bar { fill: #6e7681; }
    .ours { fill: #4493f8; }
    .axis { stroke: #3d444d; }
  }
"""


@dataclass
class Bar:
    label: str
    value: float
    text: str           # the figure behind the bar
    ours: bool = False


@dataclass
class Group:
    title: str
    bars: list[Bar]


def text(x: float, y: float, content: str, kind: str = "", anchor: str = "start") -> str:
    chosen = f' class="{kind}"' if kind else ""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}"{chosen}>{escape(content)}</text>'


def draw_bar(bar: Bar, y: float, most: float) -> list[str]:
    width = max(1.0, (WIDTH - LABELS - VALUES) * bar.value / most)
    middle = y + BAR / 2 + 4.5
    return [
        text(LABELS - 8, middle, bar.label, anchor="end"),
        f'<rect x="{LABELS}" y="{y:g}" width="{width:.1f}" height="{BAR}" rx="2" '
        f'class="{"ours" if bar.ours else "bar"}"/>',
        text(LABELS + width + 6, middle, bar.text, "note"),
    ]


def draw(title: str, note: str, groups: list[Group], one_scale: bool = True) -> str:
    """Groups one below the other, bars of all of them to one scale or those of each to its own."""
    most_of_all = max((bar.value for group in groups for bar in group.bars), default=1.0)
    body = [text(8, 22, title, "title"), text(8, 42, note, "note")]
    y = 56.0
    for group in groups:
        body.append(text(8, y + 20, group.title, "group"))
        top = y + HEAD - 3
        y += HEAD
        most = most_of_all if one_scale else max(bar.value for bar in group.bars)
        for bar in group.bars:
            body += draw_bar(bar, y, most)
            y += BAR + GAP
        body.append(f'<line x1="{LABELS}" x2="{LABELS}" y1="{top:g}" y2="{y - GAP + 3:g}" '
                    'class="axis"/>')
    height = y + 10
    lines = "\n".join("  " + line for line in body)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" '
            f'width="{WIDTH}" height="{height:g}" role="img" aria-label="{escape(title)}">\n'
            f"<style>{STYLE}</style>\n{lines}\n</svg>\n")


TITLES = {
    "producers": "members in the producers' order",
    "shuffled": "members shuffled",
    "escaped": "escapes, text beyond ASCII, unknown members",
}


OURS = "kinesis-handler"


def decode(section: dict) -> str:
    groups = []
    most_records = max(each["events"] for each in section["sets"])
    for each in section["sets"]:
        if each["events"] == most_records:
            kind = each["set"].partition("-")[0]
            groups.append(Group(TITLES[kind], [
                Bar(row["name"], row["mbPerS"], f"{row['mbPerS']:,.0f} MB/s",
                    ours=row["name"] == OURS)
                for row in each["decoders"]
            ]))
    note = (f"Lambda event of {most_records:,} records to structs, one core, more is better; "
            f"{section['machine']['cpu']}, {section['machine']['date']}")
    return draw("Decoding a Kinesis batch", note, groups)


def proto(section: dict) -> str:
    most_records = max(each["events"] for each in section["sets"])
    groups = [
        Group(TITLES[each["set"].partition("-")[0]], [
            Bar(row["name"].replace("kinesis-handler, ", ""), row["nsPerEvent"],
                f"{row['nsPerEvent']:,.0f} ns", ours=row["name"].startswith(OURS))
            for row in each["decoders"]
        ])
        for each in section["sets"] if each["events"] == most_records
    ]
    note = (f"Time of an event, {most_records:,} of them, one core, less is better; "
            f"{section['machine']['cpu']}, {section['machine']['date']}")
    return draw("Messages of Protocol Buffers to structs", note, groups)


def invoke(section: dict) -> str:
    groups = [
        Group(f"{case['records']:,} record{'s' if case['records'] > 1 else ''} an invocation", [
            Bar(row["name"], row["eventsPerS"], f"{row['eventsPerS']:,} /s",
                ours=row["name"] == OURS)
            for row in case["services"]
        ])
        for case in section["cases"]
    ]
    note = ("Events a second, from the event handed out to the answer, one core, more is better; "
            f"{section['machine']['cpu']}, {section['machine']['date']}")
    return draw("The whole service on a Lambda runtime", note, groups, one_scale=False)


def start(section: dict) -> str:
    def bars(key: str, unit: str) -> list[Bar]:
        return [Bar(row["name"], row[key], f"{row[key]:,.3g} {unit}", ours=row["name"] == OURS)
                for row in section["services"]]

    groups = [Group("time to the first next", bars("medianMs", "ms")),
              Group("memory resident then", bars("residentMiB", "MiB"))]
    note = f"Less is better; {section['machine']['cpu']}, {section['machine']['date']}"
    return draw("Cold start", note, groups, one_scale=False)
