"""A thousand events on fifty entities, in batches of a hundred: what DynamoDB would ask for them."""

import os
import pathlib
import tempfile
import unittest

import cost

URL = os.environ["AWS_ENDPOINT_URL_DYNAMODB"]     # stack/dynamodb_local.py sets it


class Cost(unittest.TestCase):
    def test_a_batch_is_two_requests_and_each_entity_one_write(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            figures = cost.measure(URL, pathlib.Path(folder), 0, "cost-")
        self.assertLessEqual(figures["requests"], 25, figures)
        self.assertLessEqual(figures["writeUnitsByRule"], 1_000, figures)
        self.assertGreaterEqual(figures["writeUnitsByRule"], 1_000, "the work is not the dearest")

    def test_sizes_of_items_are_counted_as_aws_counts_them(self) -> None:
        item = {"id": {"S": "caf\u00e9"}, "on": {"BOOL": True}, "none": {"NULL": True},
                "n": {"N": "-12.50"}, "b": {"B": b"12345"}, "l": {"L": [{"S": "x"}]}}
        self.assertEqual((2 + 5) + (2 + 1) + (4 + 1) + (1 + 3) + (1 + 5) + (1 + 3 + 1 + 1),
                         cost.item_size(item))


if __name__ == "__main__":
    unittest.main()
