"""The tool that other tests look at stores through: what is put is got, and SQLite's file is Python's, too."""

import pathlib
import sqlite3
import unittest

from things import VARIETY, Tool, thing


class Things(unittest.TestCase):
    def tool(self, kind: str) -> Tool:
        tool = Tool(kind)
        self.addCleanup(tool.close)
        return tool

    def test_what_is_put_is_got(self) -> None:
        for kind in ("memory", "sqlite"):
            tool = self.tool(kind)
            for value in VARIETY:
                self.assertIsNone(tool.get(value))
                self.assertEqual(tool.put(thing(value["part"], id=value["id"])), "OK")
                self.assertEqual(tool.put(value), "OK")
                self.assertEqual(tool.get(value), value)
            in_order = sorted(VARIETY, key=lambda value: (value["id"].encode(), value["part"]))
            self.assertEqual(tool.dump(), in_order)

    def test_what_is_no_thing_is_told(self) -> None:
        tool = self.tool("memory")
        self.assertRegex(tool.put({"id": "a"}), "^INVALID: ")
        self.assertEqual(tool.dump(), [])

    def test_rows_that_python_wrote_into_the_file_are_found(self) -> None:
        tool = self.tool("sqlite")
        self.assertEqual(tool.put(thing(1, note="of the tool", price="1.50")), "OK")
        with sqlite3.connect(tool.place) as database:
            (copied,) = database.execute("SELECT price FROM Thing WHERE note = 'of the tool'")
            database.execute("UPDATE Thing SET part = 2, note = 'of Python', big = ?",
                             (-2**63,))
        database.close()
        self.assertEqual(copied, ("1.50",))
        self.assertIsNone(tool.get(thing(1)))
        self.assertEqual(tool.get(thing(2)),
                         thing(2, note="of Python", price="1.50", big=-2**63))

    def test_the_place_goes_with_the_tool(self) -> None:
        tool = Tool("sqlite")
        folder = pathlib.Path(tool.place).parent
        self.assertTrue(folder.is_dir())
        tool.close()
        self.assertFalse(folder.exists())


if __name__ == "__main__":
    unittest.main()
