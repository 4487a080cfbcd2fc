"""Under the Kinesis Client Library's MultiLangDaemon: AWS's SDK puts events, the daemon's record processors handle
them, AWS's SDK finds the rows that the model has."""

import time
import unittest

from local_stack import PATIENCE, OnStack    # finds what is in other folders

import campaign
import consumer
import dynamodb
import multilang_daemon
import stream
from local_server import CannotBeHad


class UnderTheDaemon(OnStack):
    maxDiff = None

    def setUp(self) -> None:
        super().setUp()
        try:
            multilang_daemon.find_libraries()
        except CannotBeHad as reason:
            self.skipTest(str(reason))

    def test_rows_marks_and_dead_letters_are_those_of_the_model(self) -> None:
        made = stream.make(800, 6, 36, 8)
        store = dynamodb.DynamoDb(self.dynamodb.url, self.prefix, program=consumer.LEDGER)
        self.create_stream(2)
        self.put([(consumer.key_of(lane), event)
                  for lane, events in enumerate(made.lanes) for event in events])
        properties = self.call("multilang", "--properties", "--stream", self.stream, "--consumer",
                               self.stream, program=consumer.LEDGER).stdout
        letters = self.folder / "dead-letters.ndjson"
        with multilang_daemon.Daemon(self.kinesis, self.dynamodb, properties, self.folder,
                                     self.environment) as daemon:
            end = time.monotonic() + PATIENCE
            while (store.rows() != made.outcome.rows()
                   or campaign.dead_letters(letters).keys() != made.outcome.refused):
                self.assertIsNone(daemon.process.poll(), daemon.text()[-4000:])
                self.assertLess(time.monotonic(), end, daemon.text()[-4000:])
                time.sleep(0.2)
            daemon.stop()
        self.assertEqual([], campaign.compare(store, made, campaign.dead_letters(letters),
                                              self.folder))


if __name__ == "__main__":
    unittest.main()
