"""What ./dev torture does with SQLite, in a few seconds."""

import pathlib
import tempfile
import unittest

import campaign
import stores

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

    def test_a_service_that_applies_events_again_is_found_out(self) -> None:
        store = stores.Sqlite(self.folder)
        store.settings["IDEMPOTENCY"] = "none"
        stream = campaign.make_stream(EVENTS, SEED)
        report = campaign.torture("without marks", store, stream, self.folder, SEED, KILLS)
        self.assertTrue(any("by the model" in problem for problem in report["problems"]), report)
        self.assertTrue(any("undisturbed" in problem for problem in report["problems"]), report)


if __name__ == "__main__":
    unittest.main()
