"""Our signatures equal those of AWS's own library for Python, for any headers and bodies.

The signer is $KH_SIGN_LINES, a small program around src/aws/sign.c.
"""

import os
import random
import subprocess
import unittest

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

SIGNER = os.environ["KH_SIGN_LINES"]
COUNT = 10_000
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SECRET_CHARACTERS = LETTERS + LETTERS.upper() + "0123456789+/="
VALUE_CHARACTERS = SECRET_CHARACTERS + "     ;,:-_.!\"'()[]{}<>\t"


def word(chance: random.Random, characters: str, shortest: int, longest: int) -> str:
    return "".join(chance.choices(characters, k=chance.randint(shortest, longest)))


def mixed_case(chance: random.Random, text: str) -> str:
    return "".join(chance.choice((c, c.upper())) for c in text)


def random_body(chance: random.Random) -> bytes:
    kind = chance.randrange(4)
    if kind == 0:
        return b""
    if kind == 1:
        return chance.randbytes(chance.choice((1, 55, 56, 63, 64, 65, 119, 120, 1000)))
    return ('{"TableName":"' + word(chance, VALUE_CHARACTERS, 0, 300) + '"}').encode()


def random_request(chance: random.Random) -> tuple:
    service = chance.choice(("dynamodb", "kinesis", "sqs", word(chance, LETTERS, 1, 20)))
    region = chance.choice(("eu-west-1", "us-gov-east-1", "local", word(chance, LETTERS, 1, 20)))
    date = (f"{chance.randint(1970, 9999):04}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
            f"T{chance.randint(0, 23):02}{chance.randint(0, 59):02}{chance.randint(0, 59):02}Z")
    headers = [("Host", f"{service}.{region}.amazonaws.com"), ("X-Amz-Date", date),
               ("Content-Type", "application/x-amz-json-1.0"),
               ("X-Amz-Target", word(chance, LETTERS + ".", 1, 40))]
    if chance.random() < 0.5:
        headers.append(("X-Amz-Security-Token", word(chance, SECRET_CHARACTERS, 1, 1500)))
    names = {name.lower() for name, _ in headers}
    for _ in range(chance.randint(0, 6)):
        name = word(chance, LETTERS + "-", 1, 12)
        # One that is the beginning of another, and the same name again, in another case.
        if chance.random() < 0.3:
            name = chance.choice(sorted(names)) + "-x"
        if name in ("user-agent", "expect", "x-amzn-trace-id", "authorization"):
            continue
        names.add(name)
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            headers.append((mixed_case(chance, name), word(chance, VALUE_CHARACTERS, 0, 40)))
    chance.shuffle(headers)
    return (word(chance, SECRET_CHARACTERS[:62], 1, 128), word(chance, SECRET_CHARACTERS, 1, 200),
            region, service, date, random_body(chance), headers)


def sign_with_botocore(key_id: str, secret: str, region: str, service: str, date: str, body: bytes,
                       headers: list) -> str:
    request = AWSRequest("POST", f"https://{service}.{region}.amazonaws.com/", data=body)
    for name, value in headers:
        request.headers.add_header(name, value)
    request.context["timestamp"] = date
    signer = SigV4Auth(Credentials(key_id, secret), service, region)
    canonical = signer.canonical_request(request)
    signature = signer.signature(signer.string_to_sign(request, canonical), request)
    signed = signer.signed_headers(signer.headers_to_sign(request))
    return (f"AWS4-HMAC-SHA256 Credential={signer.scope(request)}, SignedHeaders={signed}, "
            f"Signature={signature}")


def line_of(request: tuple) -> str:
    *texts, body, headers = request
    fields = [text.encode() for text in texts] + [body]
    fields += [text.encode() for pair in headers for text in pair]
    return " ".join(field.hex() for field in fields)


class Signatures(unittest.TestCase):
    def test_ten_thousand_random_requests_are_signed_as_botocore_signs_them(self) -> None:
        seed = int(os.environ.get("KH_SEED", random.SystemRandom().randrange(2**32)))
        chance = random.Random(seed)
        requests = [random_request(chance) for _ in range(COUNT)]
        result = subprocess.run([SIGNER], input="\n".join(map(line_of, requests)) + "\n",
                                capture_output=True, text=True, timeout=300)
        self.assertEqual((result.returncode, result.stderr), (0, ""), f"KH_SEED={seed}")
        ours = result.stdout.splitlines()
        self.assertEqual(len(ours), COUNT, f"KH_SEED={seed}")
        for request, line in zip(requests, ours):
            self.assertEqual(sign_with_botocore(*request), line, f"KH_SEED={seed}: {request}")


if __name__ == "__main__":
    unittest.main()
