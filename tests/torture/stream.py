"""Streams of events for the ledger, and what must come of them.

A lane is what one shard is: its events are in order and concern accounts of its own. The model is the
handlers once more, in a few lines of Python, with each event applied exactly once and in its turn.

What is refused would be refused at any time: an event that was refused is judged again when its batch comes
again, by what has happened since, and the campaigns are about the events that are applied.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from decimal import Decimal

DIGEST_FACTOR = 1_000_003
DIGEST_MODULUS = 2_147_483_647


@dataclass
class Account:
    applied: int = 0
    balance: Decimal = Decimal(0)
    digest: int = 0

    def count(self, number: int) -> None:
        self.applied += 1
        self.digest = (self.digest * DIGEST_FACTOR + number) % DIGEST_MODULUS


@dataclass
class Outcome:
    """Of a whole stream."""

    accounts: dict[str, Account] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)   # ids of the events that were applied
    refused: set[str] = field(default_factory=set)   # of those that are dead letters
    skipped: int = 0

    @property
    def effects(self) -> int:
        return sum(account.applied for account in self.accounts.values())

    def rows(self) -> dict[str, tuple[int, Decimal, int]]:
        return {name: (account.applied, account.balance, account.digest)
                for name, account in self.accounts.items()}


def apply(accounts: dict[str, Account], kind: str, data: dict) -> bool:
    """What the handlers do; False: refused."""
    if kind == "ACCOUNT_OPENED":
        if data["accountId"] in accounts:
            return False
        accounts[data["accountId"]] = account = Account()
        account.count(data["number"])
    elif kind == "ACCOUNT_CLOSED":
        return accounts.pop(data["accountId"], None) is not None
    elif kind == "AMOUNT_BOOKED":
        account = accounts.get(data["accountId"])
        if account is None or account.balance + Decimal(data["amount"]) < 0:
            return False
        account.balance += Decimal(data["amount"])
        account.count(data["number"])
    elif kind == "AMOUNT_MOVED":
        giver, taker = accounts.get(data["fromId"]), accounts.get(data["toId"])
        amount = Decimal(data["amount"])
        if giver is None or taker is None or giver.balance - amount < 0:
            return False
        giver.balance -= amount
        taker.balance += amount
        giver.count(data["number"])
        taker.count(data["number"])
    return True


@dataclass
class Stream:
    lanes: list[list[bytes]]
    outcome: Outcome

    @property
    def events(self) -> int:
        return sum(map(len, self.lanes))


class Maker:
    """Makes the events of one lane, and applies them to the model on the way."""

    def __init__(self, lane: int, accounts: int, rng: random.Random, outcome: Outcome) -> None:
        self.lane = lane
        self.rng = rng
        self.outcome = outcome
        self.names = [f"account-{lane}-{n:03d}" for n in range(accounts)]
        self.lasting = self.names[:(accounts + 1) // 2]   # they are never closed
        self.lines: list[bytes] = []

    def amount(self, lowest: int, highest: int) -> str:
        return str(Decimal(self.rng.randint(lowest, highest)) / 100)

    def add(self, kind: str, account: str, data: dict) -> None:
        number = len(self.lines) + 1
        event_id = f"{self.lane}-{number:06d}-{self.rng.randrange(16**8):08x}"
        event = {"account": account, "data": data, "id": event_id, "type": kind}
        if kind not in ("ACCOUNT_CLOSED", "ACCOUNT_CHECKED", "STATEMENT_SENT"):
            data["number"] = number
        self.lines.append(json.dumps(event, separators=(",", ":"), sort_keys=True).encode())
        if kind == "STATEMENT_SENT":
            self.outcome.skipped += 1
        elif "broken" in data or not apply(self.outcome.accounts, kind, data):
            self.outcome.refused.add(event_id)
        else:
            self.outcome.settled.add(event_id)

    def there(self) -> list[str]:
        return [name for name in self.names if name in self.outcome.accounts]

    def hopeless(self) -> None:
        """An event that is refused, whenever it comes."""
        account = self.rng.choice(self.lasting)
        what = self.rng.randrange(4)
        if what == 0:
            self.add("AMOUNT_BOOKED", account, {"accountId": account, "broken": True})
        elif what == 1:
            self.add("ACCOUNT_OPENED", account, {"accountId": account})
        elif what == 2:
            self.add("AMOUNT_BOOKED", "nowhere", {"accountId": "nowhere", "amount": "1.00"})
        else:
            # The giver's row is changed before it shows that there is no taker.
            self.add("AMOUNT_MOVED", account,
                     {"amount": "0.01", "fromId": account, "toId": "nowhere"})

    def any_event(self) -> None:
        account, other = self.rng.sample(self.there(), 2)
        kind = self.rng.choices(
            ["AMOUNT_BOOKED", "AMOUNT_MOVED", "ACCOUNT_OPENED", "ACCOUNT_CLOSED", "ACCOUNT_CHECKED",
             "STATEMENT_SENT", "hopeless"], [60, 18, 6, 6, 4, 4, 2])[0]
        balance = int(self.outcome.accounts[account].balance * 100)
        gone = [name for name in self.names if name not in self.outcome.accounts]
        if kind == "AMOUNT_BOOKED":
            amount = self.amount(-min(4_000, balance), 9_000)
            self.add(kind, account, {"accountId": account, "amount": amount})
        elif kind == "AMOUNT_MOVED":
            self.add(kind, account, {"amount": self.amount(0, min(6_000, balance)),
                                     "fromId": account, "toId": other})
        elif kind == "hopeless":
            self.hopeless()
        elif kind == "STATEMENT_SENT":    # a type without a schema
            self.add(kind, account, {"accountId": account})
        elif kind == "ACCOUNT_OPENED" and gone:
            name = self.rng.choice(gone)
            self.add(kind, name, {"accountId": name})
        elif kind == "ACCOUNT_CLOSED" and account not in self.lasting:
            self.add(kind, account, {"accountId": account})
        else:
            checked = self.rng.choice(self.names)
            self.add("ACCOUNT_CHECKED", checked, {"accountId": checked})

    def make(self, events: int) -> list[bytes]:
        for name in self.names:
            self.add("ACCOUNT_OPENED", name, {"accountId": name})
        while len(self.lines) < events:
            self.any_event()
        return self.lines


def make(events: int, lanes: int, accounts: int, seed: int) -> Stream:
    """`accounts` in all; as good as equally many events and accounts in each lane."""
    rng = random.Random(seed)
    outcome = Outcome()
    parts = []
    for lane in range(lanes):
        share = (events * (lane + 1)) // lanes - (events * lane) // lanes
        parts.append(Maker(lane, max(4, accounts // lanes), rng, outcome).make(share))
    return Stream(parts, outcome)
