"""The reference pages say everything there is, in tables that hold."""

import pathlib
import re
import unittest

from codegen import docs, front, keywords

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.model = front.read(str(ROOT / "schema"))[0]
        cls.pages = docs.pages(cls.model)

    def test_every_member_of_every_event_and_entity_is_there(self) -> None:
        text = self.pages["events.md"] + self.pages["entities.md"]
        for owner in [*self.model.events, *self.model.entities]:
            named = next(t for t in self.model.types if t.name == owner.name)
            for member in named.shape.members:
                self.assertIn(f"| `{member.name}` |", text)

    def test_every_setting_keyword_and_status_has_a_row(self) -> None:
        for setting in self.model.settings:
            self.assertIn(f"| `{setting.name}` |", self.pages["settings.md"])
        for keyword in keywords.TABLE:
            self.assertIn(f"| `{keyword.name}` |", self.pages["keywords.md"])
        header = (ROOT / "include/kh/status.h").read_text()
        names = re.findall(r"^    XX\((\w+),", header, re.MULTILINE)
        self.assertGreater(len(names), 20)
        for name in names:
            self.assertIn(f"| `KH_{name}` |", self.pages["statuses.md"])

    def test_rows_have_as_many_cells_as_their_table(self) -> None:
        for name, text in self.pages.items():
            cells = 0
            for line in text.splitlines():
                if not line.startswith("|"):
                    cells = 0
                    continue
                count = len(re.findall(r"(?<!\\)\|", line))
                cells = cells or count
                self.assertEqual(cells, count, f"{name}: {line}")

    def test_bars_breaks_and_backticks_stay_in_their_cell(self) -> None:
        self.assertEqual(r"a \| b c", docs.cell("a | b\n c"))
        self.assertEqual("`` a`b ``", docs.code("a`b"))

    def test_pages_end_with_one_newline_and_have_no_trailing_blanks(self) -> None:
        for name, text in self.pages.items():
            self.assertTrue(text.endswith("\n") and not text.endswith("\n\n"), name)
            self.assertNotRegex(text, r"[ \t]\n", name)

    def test_the_framework_s_pages_are_left_out_where_its_sources_are_not_at_hand(self) -> None:
        there, docs._STATUSES = docs._STATUSES, ROOT / "no/such/file"
        try:
            self.assertEqual({"events.md", "entities.md", "settings.md"},
                             set(docs.pages(self.model)))
        finally:
            docs._STATUSES = there


if __name__ == "__main__":
    unittest.main()
