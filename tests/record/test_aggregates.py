"""Aggregates of the Kinesis Producer Library: the corners of the format, each with what must come of it."""

import unittest

from tests.record.records import (MAGIC, aggregate, chunk, event, number, open_batch, open_each, open_events,
                                  sealed, user_record, varint, write_aggregates)

VECTOR = bytes.fromhex(
    "f3899ac20a076f726465722d370a076f726465722d391201301a0b08001a077b2276223a317d1a0d080110001a077b2276223a"
    "327d1a0408001a00b343c9908888a915b8b858d850136cd4")
LARGEST = str(2**128 - 1).encode()
ONE = user_record(b"{}")
PLAIN = "plain"
BAD = "bad"


def replaced(data: bytes, at: int, byte: int) -> bytes:
    return data[:at] + bytes([byte]) + data[at + 1:]


# What stands there -> PLAIN (it stays as it is), BAD with a part of the reason, or the user records: (data,
# partition key, explicit hash key).
CORNERS = {
    "one user record": (aggregate(ONE), [(b"{}", "k", "")]),
    "two of one key": (aggregate(ONE, user_record(b"[1]")), [(b"{}", "k", ""), (b"[1]", "k", "")]),
    "empty data": (aggregate(user_record(b"")), [(b"", "k", "")]),
    "an empty partition key": (aggregate(ONE, keys=(b"",)), [(b"{}", "", "")]),
    "a key with U+0000": (aggregate(ONE, keys=(b"a\0b",)), [(b"{}", "a\0b", "")]),
    "a key of 256 characters": (aggregate(ONE, keys=("é".encode() * 256,)), [(b"{}", "é" * 256, "")]),
    "a key of 257 characters": (aggregate(ONE, keys=(b"a" * 257,)), BAD, "longer than 256"),
    "a key of 1025 bytes": (aggregate(ONE, keys=("\U0001F600".encode() * 256 + b"a",)), BAD, "longer than 256"),
    "a key that is not UTF-8": (aggregate(ONE, keys=(b"\xff",)), BAD, "not UTF-8"),
    "a key twice in the table": (aggregate(user_record(b"1", 1), keys=(b"k", b"k")), [(b"1", "k", "")]),
    "keys nobody uses": (aggregate(ONE, keys=(b"k", b"l", b"m"), hash_keys=(b"7",)), [(b"{}", "k", "")]),
    "the largest hash key": (aggregate(user_record(b"1", 0, 0), hash_keys=(LARGEST,)),
                             [(b"1", "k", LARGEST.decode())]),
    "a hash key of 2^128": (aggregate(user_record(b"1", 0, 0), hash_keys=(str(2**128).encode(),)), BAD, "2^128"),
    "a hash key of 40 digits": (aggregate(user_record(b"1", 0, 0), hash_keys=(b"0" * 40,)), BAD, "2^128"),
    "a hash key with a sign": (aggregate(user_record(b"1", 0, 0), hash_keys=(b"-1",)), BAD, "2^128"),
    "an empty hash key": (aggregate(user_record(b"1", 0, 0), hash_keys=(b"",)), BAD, "2^128"),
    "hash key 0 used by one of two": (aggregate(user_record(b"1", 0, 0), user_record(b"2"), hash_keys=(b"5",)),
                                      [(b"1", "k", "5"), (b"2", "k", "")]),
    "a partition key that is not there": (aggregate(user_record(b"1", 1)), BAD, "partition key that is not there"),
    "the last record names no key": (aggregate(ONE, ONE, user_record(b"1", 9)), BAD, "not there"),
    "an index of 2^64 - 1": (aggregate(user_record(b"1", 2**64 - 1)), BAD, "not there"),
    "an index of 2^32": (aggregate(user_record(b"1", 2**32)), BAD, "not there"),
    "a hash key that is not there": (aggregate(user_record(b"1", 0, 0)), BAD, "hash key that is not there"),
    "no tables": (sealed(ONE), BAD, "partition key that is not there"),
    "no user records": (aggregate(), BAD, "no user records"),
    "hash keys only": (aggregate(keys=(), hash_keys=(b"1",)), BAD, "no user records"),
    "no data": (aggregate(user_record(None)), BAD, "lacks"),
    "no partition key index": (aggregate(user_record(b"1", None)), BAD, "lacks"),
    "an empty user record": (aggregate(chunk(3, b"")), BAD, "lacks"),
    "data twice: the last counts": (aggregate(user_record(b"first", more=chunk(3, b"2"))), [(b"2", "k", "")]),
    "tables behind the records": (sealed(ONE + chunk(1, b"late")), [(b"{}", "late", "")]),
    "tags": (aggregate(user_record(b"1", more=chunk(4, chunk(1, b"name") + chunk(2, b"value")))),
             [(b"1", "k", "")]),
    "a tag without its key": (aggregate(user_record(b"1", more=chunk(4, b""))), BAD, "lacks"),
    "unknown fields": (aggregate(user_record(b"1", more=chunk(9, b"x") + number(10, 1)), more=number(4, 1)),
                       [(b"1", "k", "")]),
    "a group": (aggregate(ONE, more=varint(5 << 3 | 3)), BAD, "not a message"),
    "field number 0": (aggregate(ONE, more=b"\x02\x00"), BAD, "not a message"),
    "a varint without end": (aggregate(ONE, more=b"\x20" + b"\x80" * 10), BAD, "not a message"),
    "a field that ends too late": (sealed(chunk(1, b"k") + ONE[:-1]), BAD, "not a message"),
    "a record that is a number": (aggregate(ONE, more=number(3, 7)), BAD, "lacks"),
    "text": (sealed(b"hello, world"), BAD, "not a message"),
    "a wrong MD5": (replaced(VECTOR, len(VECTOR) - 1, 0), PLAIN),
    "a wrong byte in the message": (replaced(VECTOR, 10, 0), PLAIN),
    "a wrong magic": (replaced(VECTOR, 3, 0xC3), PLAIN),
    "the magic alone": (MAGIC, PLAIN),
    "a magic that is cut": (MAGIC[:3], PLAIN),
    "the magic and 15 bytes": (MAGIC + bytes(15), PLAIN),
    "an empty message with its MD5": (sealed(b""), PLAIN),
    "an aggregate in an aggregate": (aggregate(user_record(VECTOR)), [(VECTOR, "k", "")]),
}


class Corners(unittest.TestCase):
    def expect(self, opened: list[dict], data: bytes, outcome: object, reason: str) -> None:
        if outcome is PLAIN:
            self.assertEqual(["OK"], [record["status"] for record in opened])
            self.assertEqual(data, opened[0]["data"])
            self.assertNotIn("delivered", opened[0])
        elif outcome is BAD:
            self.assertEqual(["BAD_AGGREGATE"], [record["status"] for record in opened])
            self.assertEqual((data, data), (opened[0]["data"], opened[0]["delivered"]))
            self.assertIn(reason, opened[0]["reason"])
            self.assertEqual("outer-0", opened[0]["partitionKey"])
            self.assertNotIn("subSequenceNumber", opened[0])
        else:
            self.assertEqual(
                outcome, [(r["data"], r["partitionKey"], r["explicitHashKey"]) for r in opened])
            self.assertEqual(list(range(len(opened))), [r["subSequenceNumber"] for r in opened])
            self.assertEqual({("OK", "49000", "49000", "shardId-000000000003", 0, "")},
                             {(r["status"], r["id"], r["sequenceNumber"], r["shardId"], r["position"], r["frames"])
                              for r in opened})

    def test_each_corner_has_its_outcome(self) -> None:
        self.assertGreaterEqual(len(CORNERS), 40)
        opened = open_each([data for data, *_ in CORNERS.values()])
        for (name, (data, outcome, *reason)), records in zip(CORNERS.items(), opened, strict=True):
            with self.subTest(name):
                self.expect(records, data, outcome, "".join(reason))

    def test_known_aggregate_is_opened(self) -> None:
        self.assertEqual(
            [(b'{"v":1}', "order-7", "", 0), (b'{"v":2}', "order-9", "0", 1), (b"", "order-7", "", 2)],
            [(r["data"], r["partitionKey"], r["explicitHashKey"], r["subSequenceNumber"])
             for r in open_batch(VECTOR)])

    def test_user_records_stand_where_their_aggregate_stood(self) -> None:
        opened = open_batch(b'{"a":1}', VECTOR, b"{}", aggregate(ONE), VECTOR, aggregate(keys=()), b"{}")
        self.assertEqual(
            ["49000"] + ["49001"] * 3 + ["49002", "49003"] + ["49004"] * 3 + ["49005", "49006"],
            [record["id"] for record in opened])
        self.assertEqual([0, 1, 1, 1, 2, 3, 4, 4, 4, 5, 6], [record["position"] for record in opened])

    def test_an_aggregate_cut_anywhere_is_a_plain_record(self) -> None:
        for records in open_each([VECTOR[:length] for length in range(len(VECTOR))]):
            self.assertEqual(["OK"], [record["status"] for record in records])
            self.assertNotIn("subSequenceNumber", records[0])

    def test_a_message_damaged_anywhere_is_refused_or_opened_whole(self) -> None:
        message = VECTOR[4:-16]
        damaged = [sealed(replaced(message, at, byte)) for at in range(len(message))
                   for byte in (0, 0x7F, 0x80, 0xFF, message[at] ^ 1)]
        for data, records in zip(damaged, open_each(damaged), strict=True):
            if records[0]["status"] == "OK":
                self.assertEqual(list(range(len(records))), [r["subSequenceNumber"] for r in records])
            else:
                self.assertEqual([("BAD_AGGREGATE", data)], [(r["status"], r["data"]) for r in records])

    def test_settings_that_name_an_encoding_leave_records_as_they_are(self) -> None:
        for encoding in ("json", "protobuf"):
            opened = open_batch(VECTOR, b"{}", options=(f"as={encoding}",))
            self.assertEqual([(VECTOR, encoding), (b"{}", encoding)], [(r["data"], r["encoding"]) for r in opened])


class Limits(unittest.TestCase):
    def test_one_hundred_thousand_user_records_are_taken_and_one_more_is_not(self) -> None:
        smallest = user_record(b"")
        most, more = open_each([aggregate(smallest * 100000), aggregate(smallest * 100001)])
        self.assertEqual(100000, len(most))
        self.assertEqual({"OK"}, {record["status"] for record in most})
        self.assertEqual([("BAD_AGGREGATE", "it holds more than 100,000 user records")],
                         [(record["status"], record["reason"]) for record in more])

    def test_what_would_take_much_memory_is_refused(self) -> None:
        mebibyte = 1 << 20
        bombs = {
            "user records": b"\x1a\x00" * (mebibyte // 2),
            "tags": chunk(1, b"k") + user_record(b"", more=b"\x22\x02\x0a\x00" * (mebibyte // 4)),
            "fields of tags": chunk(1, b"k") + user_record(b"", more=chunk(4, b"\x0a\x00" * (mebibyte // 2))),
            "unknown fields": b"\x20\x00" * (mebibyte // 2),
            "unknown fields of a record": chunk(1, b"k") + user_record(b"", more=b"\x28\x00" * (mebibyte // 2)),
            "partition keys": b"\x0a\x00" * (mebibyte // 2),
            "hash keys": b"\x12\x00" * (mebibyte // 2),
        }
        opened = open_each([sealed(bomb) for bomb in bombs.values()])
        for name, records in zip(bombs, opened, strict=True):
            with self.subTest(name):
                self.assertEqual(["BAD_AGGREGATE"], [record["status"] for record in records])
                self.assertIn("more than 100,000", records[0]["reason"])

    def test_aggregates_that_have_no_room_in_a_batch_are_to_be_retried(self) -> None:
        large = aggregate(user_record(b"") * 100000)
        opened = open_batch(large, large, large, b"{}")
        self.assertEqual(200002, len(opened))
        self.assertEqual({"OK"}, {record["status"] for record in opened[:200000]})
        self.assertEqual([("NO_ROOM", "49002"), ("OK", "49003")],
                         [(record["status"], record["id"]) for record in opened[200000:]])


class Writing(unittest.TestCase):
    def test_what_is_written_is_opened_again(self) -> None:
        batch = [("order-7", "", b'{"v":1}'), ("order-9", "0", b'{"v":2}'), ("order-7", "", b"")]
        self.assertEqual([VECTOR], write_aggregates([batch]))

    def test_many_keys_are_found_again(self) -> None:
        batch = [(f"key-{i % 5000}", str(i % 3000) if i % 2 else "", f"{i}".encode()) for i in range(20000)]
        written = write_aggregates([batch])[0]
        self.assertEqual(batch, [(r["partitionKey"], r["explicitHashKey"], r["data"]) for r in open_batch(written)])
        self.assertEqual(1, written.count(chunk(1, b"key-4999")))

    def test_what_kinesis_would_not_take_is_not_written(self) -> None:
        refused = [[("k" * 257, "", b"")], [("k", "x", b"")], [("k", str(2**128), b"")]]
        self.assertEqual(["INVALID: "] * 3, write_aggregates(refused))

    def test_an_aggregate_takes_one_hundred_thousand_user_records(self) -> None:
        full, more = write_aggregates([[("k", "", b"")] * 100000, [("k", "", b"")] * 100001])
        self.assertEqual(aggregate(user_record(b"") * 100000), full)
        self.assertEqual("TOO_LARGE: ", more)


if __name__ == "__main__":
    unittest.main()
