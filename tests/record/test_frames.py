"""Headers of schema registries and compression: taken away, bounded, and refused when they are damaged."""

import gzip
import shutil
import subprocess
import unittest
import zlib

from tests.record.records import (GLUE_ID_TEXT, aggregate, chunk, confluent, event, glue, open_batch, open_each,
                                  open_events, user_record, varint)

JSON = b'{"a":[1,2,3],"b":"' + b"text " * 40 + b'"}'
# A message whose first field is a string.
MESSAGE = chunk(1, b"an id") + chunk(2, b"a type") + b"\x18\x05"
MEBIBYTE = 1 << 20


def zstd(data: bytes, *options: str) -> bytes:
    return subprocess.run(["zstd", "-q", "-c", *options], input=data, capture_output=True, check=True).stdout


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def deflated_zeros(size: int, window_bits: int) -> bytes:
    packer = zlib.compressobj(9, wbits=window_bits)
    block = bytes(MEBIBYTE)
    return b"".join(packer.compress(block) for _ in range(size // MEBIBYTE)) + packer.flush()


def zigzag(value: int) -> bytes:
    return varint(value << 1)


@unittest.skipUnless(shutil.which("zstd"), "the program zstd is not installed")
class Frames(unittest.TestCase):
    def opened(self, data: bytes, *options: str) -> dict:
        records = open_batch(data, options=options)
        self.assertEqual(1, len(records))
        return records[0]

    def expect(self, data: bytes, inner: bytes, frames: str, schema_id: str = "", encoding: str = "json",
               protobuf: bool = False) -> None:
        record = self.opened(data, *(["protobuf=1"] if protobuf else []))
        self.assertEqual(("OK", inner, frames, schema_id, encoding, data),
                         (record["status"], record["data"], record["frames"], record["schemaId"],
                          record["encoding"], record["delivered"]), record.get("reason"))

    def refused(self, data: bytes, reason: str, status: str = "BAD_FRAME", options: tuple[str, ...] = ()) -> None:
        record = self.opened(data, *options)
        self.assertEqual((status, data, data), (record["status"], record["data"], record["delivered"]))
        self.assertIn(reason, record["reason"])

    # ---- What is taken ------------------------------------------------------------------------

    def test_each_frame_goes_away(self) -> None:
        self.expect(gzipped(JSON), JSON, "gzip")
        self.expect(zstd(JSON), JSON, "zstd")
        self.expect(glue(JSON), JSON, "glue", GLUE_ID_TEXT)
        self.expect(glue(zlib.compress(JSON), 5), JSON, "glue, zlib", GLUE_ID_TEXT)
        self.expect(confluent(JSON), JSON, "confluent", "70000")
        self.expect(confluent(JSON, 2**32 - 1), JSON, "confluent", "4294967295")

    def test_frames_inside_each_other_go_away(self) -> None:
        self.expect(gzipped(confluent(JSON)), JSON, "gzip, confluent", "70000")
        self.expect(zstd(gzipped(glue(JSON))), JSON, "zstd, gzip, glue", GLUE_ID_TEXT)
        self.expect(glue(zstd(JSON)), JSON, "glue, zstd", GLUE_ID_TEXT)
        self.expect(gzipped(gzipped(gzipped(glue(JSON)))), JSON, "gzip, gzip, gzip, glue", GLUE_ID_TEXT)

    def test_user_records_of_aggregates_have_frames_too(self) -> None:
        opened = open_batch(aggregate(user_record(gzipped(JSON)), user_record(b"{}"), user_record(confluent(JSON))))
        self.assertEqual([(JSON, "gzip", 0), (b"{}", "", 1), (JSON, "confluent", 2)],
                         [(r["data"], r["frames"], r["subSequenceNumber"]) for r in opened])
        self.assertEqual(gzipped(JSON), opened[0]["delivered"])

    def test_several_members_and_frames_are_one_text(self) -> None:
        self.expect(gzipped(JSON[:50]) + gzipped(b"") + gzipped(JSON[50:]), JSON, "gzip")
        self.expect(zstd(JSON[:50]) + zstd(JSON[50:]), JSON, "zstd")
        self.expect(zstd(JSON) + b"\x50\x2a\x4d\x18\x03\0\0\0abc", JSON, "zstd")

    def test_every_way_of_compressing_is_read(self) -> None:
        for level in range(10):
            self.expect(gzip.compress(JSON, level), JSON, "gzip")
        for options in (["-1"], ["-19"], ["--no-check"], ["--fast=5"], ["--content-size"]):
            self.expect(zstd(JSON, *options), JSON, "zstd")

    def test_sizes_around_those_of_the_buffers(self) -> None:
        for size in (0, 1, 511, 512, 513, 1024, 4095, 65535, 65536, 524287, 524288, 3 * MEBIBYTE):
            text = bytes(i * 7 % 251 for i in range(min(size, 1000))) * (size // 1000 + 1)
            text = b"{" + text[:size]
            self.expect(gzipped(text), text, "gzip")
            self.expect(zstd(text), text, "zstd")

    # ---- Which encoding is inside ---------------------------------------------------------------

    def test_first_byte_says_the_encoding(self) -> None:
        for data, encoding in ((b"{}", "json"), (MESSAGE, "protobuf"), (b" {}", "json"), (b"\n\t\r {}", "json"),
                               (b"[1]", "json"), (b"", "json"), (chunk(1, b""), "protobuf"), (b"text", "json"), (b"\xfftext", "protobuf")):
            with self.subTest(data):
                self.assertEqual(encoding, self.opened(data, "protobuf=1")["encoding"])
                self.assertEqual(encoding, self.opened(gzipped(data), "protobuf=1")["encoding"])
                self.assertEqual("json", self.opened(data)["encoding"])
                self.assertEqual(data, self.opened(data)["data"])

    def test_index_of_the_message_goes_away_with_the_header(self) -> None:
        for index in (0, 1, 3, 200):
            self.expect(glue(varint(index) + MESSAGE), MESSAGE, "glue", GLUE_ID_TEXT, "protobuf", True)
        for index in (b"\0", zigzag(1) + zigzag(0), zigzag(2) + zigzag(1) + zigzag(300)):
            self.expect(confluent(index + MESSAGE), MESSAGE, "confluent", "70000", "protobuf", True)
        self.expect(confluent(b"\0"), b"", "confluent", "70000", "protobuf", True)

    def test_message_with_header_and_compression(self) -> None:
        self.expect(glue(zlib.compress(b"\0" + MESSAGE), 5), MESSAGE, "glue, zlib", GLUE_ID_TEXT, "protobuf", True)
        self.expect(confluent(gzipped(b"\0" + MESSAGE)), MESSAGE, "confluent, gzip", "70000", "protobuf", True)
        self.expect(gzipped(MESSAGE), MESSAGE, "gzip", "", "protobuf", True)

    def test_without_messages_nothing_is_an_index(self) -> None:
        self.expect(confluent(b" {}"), b" {}", "confluent", "70000")

    def test_damaged_index_is_refused(self) -> None:
        for data in (glue(b""), glue(b"\x80"), confluent(b""), confluent(zigzag(1)), confluent(b"\x01" + MESSAGE),
                     confluent(zigzag(2) + zigzag(1) + b"\x80"), confluent(b"\xfe\xff\xff\xff\x0f" + MESSAGE),
                     confluent(b"\xff" * 9 + b"\x01" + MESSAGE)):
            with self.subTest(data):
                self.refused(data, "index", options=("protobuf=1",))

    def test_settings_that_name_an_encoding_leave_frames_as_they_are(self) -> None:
        for encoding in ("json", "protobuf"):
            record = self.opened(gzipped(JSON), f"as={encoding}")
            self.assertEqual((gzipped(JSON), encoding), (record["data"], record["encoding"]))

    # ---- What is refused ------------------------------------------------------------------------

    def test_a_frame_cut_anywhere_is_refused(self) -> None:
        frames = {
            "gzip": gzipped(JSON), "zstd": zstd(JSON), "glue, zlib": glue(zlib.compress(JSON), 5),
            "glue": glue(JSON)[:18], "confluent": confluent(JSON)[:5],
            "gzip, confluent": gzipped(confluent(b"")[:4]),
            "two members": gzipped(b"{") + gzipped(b"}"),
        }
        magics = {"gzip": 2, "zstd": 4, "glue": 1, "glue, zlib": 1, "confluent": 1, "two members": 2,
                  "gzip, confluent": 2}
        for name, data in frames.items():
            cuts = range(magics[name], len(data) + (name == "gzip, confluent"))
            whole = len(gzipped(b"{")) if name == "two members" else None
            for cut, records in zip(cuts, open_each([data[:cut] for cut in cuts]), strict=True):
                if cut != whole:
                    with self.subTest(name, cut=cut):
                        self.assertEqual(["BAD_FRAME"], [record["status"] for record in records])
                        self.assertEqual(data[:cut], records[0]["data"])

    def test_what_is_shorter_than_a_magic_is_a_plain_record(self) -> None:
        for data in (b"\x1f", b"\x28", b"\x28\xb5", b"\x28\xb5\x2f"):
            record = self.opened(data)
            self.assertEqual(("OK", data), (record["status"], record["data"]))
            self.assertNotIn("frames", record)

    def test_a_frame_damaged_anywhere_is_refused_or_read(self) -> None:
        for data in (gzipped(JSON), zstd(JSON, "--check"), glue(zlib.compress(JSON), 5)):
            damaged = [data[:at] + bytes([data[at] ^ flip]) + data[at + 1:]
                       for at in range(len(data)) for flip in (1, 0x10, 0xFF)]
            for text, records in zip(damaged, open_each(damaged), strict=True):
                record = records[0]
                if record["status"] == "OK":
                    # A bit that says nothing about the content, or no frame any more.
                    self.assertIn(record["data"], (JSON, text))
                else:
                    self.assertIn(record["status"], ("BAD_FRAME", "TOO_LARGE"))
                    self.assertEqual(text, record["data"])

    def test_what_follows_is_refused(self) -> None:
        self.refused(gzipped(JSON) + b"{}", "something follows")
        self.refused(gzipped(JSON) + bytes(8), "something follows")
        self.refused(gzipped(JSON) + b"\x1f\x8b", "ends too early")
        self.refused(zstd(JSON) + b"{}", "something follows")
        self.refused(zstd(JSON) + zstd(JSON)[:7], "ends too early")
        # A frame of zstd's first versions, which another decoder would read.
        self.refused(zstd(JSON) + b"\x25\xb5\x2f\xfd" + bytes(20), "something follows")
        self.refused(glue(zlib.compress(JSON) + b"x", 5), "something follows")
        self.refused(glue(zlib.compress(JSON) * 2, 5), "something follows")

    def test_headers_that_are_not_known_are_refused(self) -> None:
        self.refused(glue(JSON, 4), "compression that is not known")
        self.refused(b"\x03", "18 bytes")
        self.refused(b"\0", "5 bytes")
        self.refused(glue(JSON, 5), "damaged")

    def test_five_layers_are_refused(self) -> None:
        data = glue(JSON)
        for _ in range(3):
            data = gzipped(data)
        self.expect(data, JSON, "gzip, gzip, gzip, glue", GLUE_ID_TEXT)
        self.refused(gzipped(data), "more than four")

    def test_a_header_in_a_header_is_not_looked_for(self) -> None:
        inner = confluent(JSON)
        self.expect(glue(inner), inner, "glue", GLUE_ID_TEXT)

    # ---- Bombs ------------------------------------------------------------------------------------

    def test_what_would_become_too_large_is_refused(self) -> None:
        gibibyte = 1024 * MEBIBYTE
        self.refused(deflated_zeros(gibibyte, 31), "MAX_DECOMPRESSED_BYTES", "TOO_LARGE")
        self.refused(glue(deflated_zeros(64 * MEBIBYTE, 15), 5), "MAX_DECOMPRESSED_BYTES", "TOO_LARGE")
        self.refused(zstd(bytes(64 * MEBIBYTE)), "MAX_DECOMPRESSED_BYTES", "TOO_LARGE")

    def test_limit_is_exact(self) -> None:
        for limit in (1, 2, 1000, 512, 513, 70000):
            text = b"{" * limit
            for pack in (gzipped, zstd):
                self.assertEqual(text, self.opened(pack(text), f"limit={limit}")["data"])
                self.refused(pack(text + b"}"), "MAX_DECOMPRESSED_BYTES", "TOO_LARGE", (f"limit={limit}",))

    def test_limit_counts_all_layers_of_a_record(self) -> None:
        inner = gzip.compress(JSON * 10, 0)
        limit = len(inner) + len(JSON * 10)
        self.assertEqual("OK", self.opened(gzipped(inner), f"limit={limit}")["status"])
        self.refused(gzipped(inner), "MAX_DECOMPRESSED_BYTES", "TOO_LARGE", (f"limit={limit - 1}",))

    def test_zstd_frame_that_needs_a_large_window_is_refused(self) -> None:
        # Sizes that are not known, so that the window is what the frame says: 2^27, and 2^23.
        self.refused(bytes.fromhex("28b52ffd0088010000"), "8 MiB")
        self.expect(bytes.fromhex("28b52ffd006829 00 00 7b7d7b7d7b".replace(" ", "")), b"{}{}{", "zstd")

    def test_zstd_frame_with_a_dictionary_is_refused(self) -> None:
        # Single segment, a dictionary's number in one byte, five bytes of content.
        self.refused(bytes.fromhex("28b52ffd2109052900007b7d7b7d7b"), "dictionary")

    def test_records_that_have_no_room_in_a_batch_are_to_be_retried(self) -> None:
        packed = gzipped(b"{" * 1000)
        opened = open_batch(*[packed] * 9, b"{}", options=("limit=1000",))
        self.assertEqual(["OK"] * 8 + ["NO_ROOM", "OK"], [record["status"] for record in opened])
        self.assertEqual(packed, opened[8]["data"])
        self.assertIn("smaller batches help", opened[8]["reason"])

    def test_user_records_of_one_aggregate_that_become_too_large_are_dead_letters(self) -> None:
        # Alone in its batch it would fare no better, so it is not to be retried.
        packed = gzipped(b"{" * 1000)
        data = aggregate(*[user_record(packed)] * 9)
        alone = open_batch(data, options=("limit=1000",))
        self.assertEqual(["OK"] * 8 + ["TOO_LARGE"], [record["status"] for record in alone])
        behind = open_batch(packed, data, options=("limit=1000",))
        self.assertEqual(["OK"] * 8 + ["NO_ROOM"] * 2, [record["status"] for record in behind])

    def test_batches_start_anew(self) -> None:
        packed = gzipped(b"{" * 1000)
        for records in open_events([event(*[packed] * 8)] * 3, "limit=1000"):
            self.assertEqual(["OK"] * 8, [record["status"] for record in records])


if __name__ == "__main__":
    unittest.main()
