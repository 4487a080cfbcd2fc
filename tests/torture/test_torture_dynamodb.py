"""What ./dev torture does with DynamoDB Local, in half a minute. Skipped where it can't be had."""

import os
import pathlib
import tempfile
import unittest

import campaign

URL = os.environ["AWS_ENDPOINT_URL_DYNAMODB"]     # stack/dynamodb_local.py sets it
EVENTS, KILLS, SEED = 500, 5, 4


class DynamoDb(unittest.TestCase):
    maxDiff = None

    def setUp(self) -> None:
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def test_effects_happen_exactly_once_when_the_service_is_killed(self) -> None:
        report = campaign.kill_dynamodb(URL, EVENTS, KILLS, SEED, self.folder)
        self.assertEqual([], report["problems"], report)

    def test_effects_happen_exactly_once_whatever_the_network_does(self) -> None:
        report = campaign.faults(URL, EVENTS, SEED, self.folder)
        self.assertEqual([], report["problems"], report)
        self.assertGreater(report["faults"]["answer_lost"], 0)

    def test_effects_happen_exactly_once_when_two_work_on_the_same_events(self) -> None:
        report = campaign.workers_on_dynamodb(URL, EVENTS, SEED, self.folder)
        self.assertEqual([], report["problems"], report)
        self.assertGreater(report["duplicatesSeen"], 0)


if __name__ == "__main__":
    unittest.main()
