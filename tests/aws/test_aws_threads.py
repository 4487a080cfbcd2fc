"""Many threads with one client: one fetch of credentials for all, and a connection for each call."""

import os
import threading
import unittest

from fake_aws import FakeAws, Step, error
from test_aws_call import AwsCase, keys

THREADS = 100 if os.environ.get("KH_EMULATED") == "1" else 1000


class Threads(AwsCase):
    def environment_of_container(self, fake: FakeAws) -> dict:
        return {"AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL": fake.url,
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": fake.url + "/"}

    def test_a_thousand_threads_that_want_credentials_fetch_them_once(self) -> None:
        fake = self.fake()
        asked = threading.Event()
        fake.others["GET", "/"] = lambda _: Step(keys().document(3600), wait=asked)
        # Time for the others to come; if they do not, there is all the same one fetch only.
        threading.Timer(0.4, asked.set).start()
        result = self.call(self.environment_of_container(fake), f"threads={THREADS}")
        self.assertEqual((len(fake.asked), fake.faults), (1, []))
        self.assertEqual([answer["status"] for answer in result.answers], ["OK"] * THREADS)

    def test_threads_share_a_failure(self) -> None:
        fake = self.fake()
        asked = threading.Event()
        fake.others["GET", "/"] = lambda _: Step(code=400, wait=asked)
        threading.Timer(0.4, asked.set).start()
        result = self.call(self.environment_of_container(fake) |
                           {"AWS_EC2_METADATA_DISABLED": "true"}, "threads=20")
        self.assertEqual(len(result.answers), 20)
        self.assertEqual({answer["status"] for answer in result.answers}, {"IO"})

    def test_threads_keep_their_connections_and_their_answers_apart(self) -> None:
        fake = self.fake()
        fake.script = [error("ThrottlingException"), Step(fault="reset"), Step(fault="crc")] * 20
        result = self.call(self.environment(fake), "threads=8", "calls=25", "attempts=20",
                           "deadline=600000")
        self.assertEqual([answer["status"] for answer in result.answers], ["OK"] * 200)
        self.assertEqual(fake.faults, [])
        # One for each thread, and for each that was reset.
        self.assertLessEqual(fake.connections, 8 + 20)

    def test_a_refused_token_is_fetched_anew_once_for_all(self) -> None:
        old, new = keys("AKIDOLD"), keys("AKIDNEW")
        fake = self.fake(old, new)
        old.expired = True
        given = [new, old]
        fake.others["GET", "/"] = lambda _: Step(given.pop().document(3600))
        result = self.call(self.environment_of_container(fake), "threads=16", "calls=5")
        self.assertEqual([answer["status"] for answer in result.answers], ["OK"] * 80)
        self.assertEqual((len(fake.asked), fake.faults), (2, []))


if __name__ == "__main__":
    unittest.main()
