"""What ./dev torture does with SQLite, in a few seconds."""

import pathlib
import tempfile
import unittest

import campaign

EVENTS, KILLS, SEED = 1500, 15, 4


class Sqlite(unittest.TestCase):
    maxDiff = None

    def setUp(self) -> None:
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def test_effects_happen_exactly_once_when_the_service_is_killed(self) -> None:
        report = campaign.kill_sqlite(EVENTS, KILLS, SEED, self.folder)
        self.assertEqual([], report["problems"], report)
        self.assertGreater(report["recordsDeliveredAgain"], 0)

    def test_effects_happen_exactly_once_when_two_work_on_the_same_events(self) -> None:
        report = campaign.workers_on_sqlite(EVENTS, SEED, self.folder)
        self.assertEqual([], report["problems"], report)
        self.assertGreater(report["duplicatesSeen"], 0)


if __name__ == "__main__":
    unittest.main()
