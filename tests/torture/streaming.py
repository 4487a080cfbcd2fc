"""The campaign on the whole local stack: events go into a stream by AWS's SDK, whose shards are split and merged
meanwhile; a worker consumes it into DynamoDB, and is killed; what is there in the end is compared."""

from __future__ import annotations

import pathlib
import random
import sys
import threading
import time
from collections import Counter

import botocore.config
import botocore.session

import campaign
import dynamodb
import service
import stream as streams

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "worker"))

import consumer  # noqa: E402
import kinesis_local  # noqa: E402

# The other one takes the longer for a request the more it holds.
EMULATOR = "kinesalite"
STREAM = "torture"
LANES = 24
ACCOUNTS = 480
SHARDS = 4
MOST_RECORDS = 500      # of one PutRecords
MOST_IN_FLIGHT = 20     # of one lane in one PutRecords, so that they are well mixed
COUNTS = ("records", "done", "duplicate", "skipped", "deadLettered", "retry")


class Producer(threading.Thread):
    """Puts the lanes' events, mixed, each lane in its order."""

    def __init__(self, kinesis: kinesis_local.Server, lanes: list[list[bytes]], rng: random.Random) -> None:
        super().__init__(daemon=True)
        self.client = botocore.session.get_session().create_client(
            "kinesis", region_name=dynamodb.REGION, endpoint_url=kinesis.url,
            aws_access_key_id=dynamodb.KEY_ID, aws_secret_access_key=dynamodb.SECRET,
            config=botocore.config.Config(read_timeout=120))
        self.lanes = lanes
        self.next = [0] * len(lanes)
        self.rng = rng
        self.between_requests = threading.Lock()
        self.failure: BaseException | None = None

    @property
    def put(self) -> int:
        return sum(self.next)

    def request(self) -> list[dict]:
        chosen: list[dict] = []
        left = [lane for lane, at in enumerate(self.next) if at < len(self.lanes[lane])]
        self.rng.shuffle(left)
        for lane in left:
            count = min(self.rng.randint(1, MOST_IN_FLIGHT), MOST_RECORDS - len(chosen))
            events = self.lanes[lane][self.next[lane]:self.next[lane] + count]
            chosen += [{"PartitionKey": consumer.key_of(lane), "Data": event} for event in events]
            self.next[lane] += len(events)
        return chosen

    def run(self) -> None:
        try:
            while records := self.request():
                with self.between_requests:
                    answer = self.client.put_records(StreamName=STREAM, Records=records)
                if answer["FailedRecordCount"]:
                    raise service.Failed(f"Kinesis takes only a part: {answer}")
        except BaseException as failure:  # noqa: BLE001 - raised in the thread that waits
            self.failure = failure


def reshard(kinesis: kinesis_local.Server, rng: random.Random) -> str:
    """Splits a shard, or merges two neighbours."""
    shards = sorted(kinesis.open_shards(STREAM),
                    key=lambda shard: int(shard["HashKeyRange"]["StartingHashKey"]))
    if len(shards) > SHARDS:
        at = rng.randrange(len(shards) - 1)
        kinesis.merge(STREAM, shards[at], shards[at + 1])
        return "merged"
    kinesis.split(STREAM, rng.choice(shards))
    return "split"


class Run:
    """One campaign: lives of a worker, and what has been seen of them."""

    def __init__(self, kinesis: kinesis_local.Server, store: dynamodb.DynamoDb,
                 folder: pathlib.Path) -> None:
        self.kinesis = kinesis
        self.folder = folder
        self.environment = kinesis.environment | store.settings
        self.counts: Counter = Counter()

    def worker(self, *options: str) -> consumer.Worker:
        return consumer.Worker(self.environment, self.folder, *options, name=STREAM,
                               settings={"LOG_LEVEL": "warn"})

    def add(self, summary: dict) -> None:
        for name in COUNTS:
            self.counts[name] += summary[name]


def happenings(events: int, kills: int, reshards: int, rng: random.Random) -> list[tuple[int, str]]:
    """What happens when so many events have been put, in order."""
    points = [(rng.randrange(events * 9 // 10), "kill") for _ in range(kills)]
    points += [(rng.randrange(events * 9 // 10), "reshard") for _ in range(reshards)]
    return sorted(points)


def torture(kinesis: kinesis_local.Server, url: str, events: int, kills: int, reshards: int, seed: int,
            folder: pathlib.Path, tell: campaign.Tell = None) -> dict:
    """The report. Raises service.Failed."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(seed)
    stream = streams.make(events, LANES, ACCOUNTS, seed)
    store = dynamodb.DynamoDb(url, f"stack-{seed}-")
    kinesis.create_stream(STREAM, SHARDS)
    run = Run(kinesis, store, folder)
    producer = Producer(kinesis, stream.lanes, random.Random(seed + 1))
    happened: Counter = Counter()
    began = time.monotonic()
    worker = run.worker()
    producer.start()
    for point, what in happenings(events, kills, reshards, rng):
        while producer.put < point and producer.is_alive():
            if tell is not None:
                tell(f"{producer.put} of {events} events put, {sum(happened.values())} kills and reshards")
            time.sleep(0.05)
        if what == "reshard":
            # Which of a key's records is first when its shard ends meanwhile would be up to the emulator.
            with producer.between_requests:
                happened[reshard(kinesis, rng)] += 1
        else:
            time.sleep(rng.expovariate(2))
            if worker.process.poll() is not None:
                raise service.Failed(f"the worker has ended by itself: {worker.text()[-2000:]}")
            worker.kill()
            happened["killed"] += 1
            worker = run.worker()
    while producer.is_alive():
        if tell is not None:
            tell(f"{producer.put} of {events} events put")
        producer.join(0.5)
    if producer.failure is not None:
        raise service.Failed(f"the events can't be put: {producer.failure}")
    all_put = time.monotonic()
    if tell is not None:
        tell("all events put; the worker takes the last of them")
    if kills == 0:
        run.add(worker.stop())
    else:
        worker.kill()
        happened["killed"] += 1
    run.add(run.worker("--until-idle").summary(patience=1800))
    seconds = time.monotonic() - began
    letters = campaign.dead_letters(folder / "dead-letters.ndjson")
    problems = campaign.compare(store, stream, letters, folder)
    problems += miscounts(run.counts, stream) if kills == 0 else []
    return {
        "campaign": f"the local stack ({kinesis.name})",
        "seed": seed,
        "store": store.name,
        "events": stream.events,
        "effects": stream.outcome.effects,
        "kills": happened["killed"],
        "shardsSplit": happened["split"],
        "shardsMerged": happened["merged"],
        # Of the lives that were not killed.
        "told": dict(run.counts),
        "deadLetters": len(letters),
        "deadLettersWrittenAgain": sum(letters.values()) - len(letters),
        "secondsUntilAllPut": round(all_put - began, 1),
        "seconds": round(seconds, 1),
        "problems": problems,
    }


def miscounts(counts: Counter, stream: streams.Stream) -> list[str]:
    """What a worker that nothing happened to has told wrongly."""
    wanted = {"records": stream.events, "done": len(stream.outcome.settled), "duplicate": 0,
              "skipped": stream.outcome.skipped, "deadLettered": len(stream.outcome.refused), "retry": 0}
    return [f"{counts[name]} {name} were told, and there were {count}"
            for name, count in wanted.items() if counts[name] != count]


def campaigns(url: str, events: int, kills: int, seed: int, folder: pathlib.Path,
                  tell: campaign.Tell = None) -> list[dict]:
    """The worker is left alone first, and killed then."""
    reports = []
    for number, happen in enumerate((0, kills)):
        with kinesis_local.Server(EMULATOR) as kinesis:
            reports.append(torture(kinesis, url, events, happen, 4 + happen // 5, seed + number,
                                   folder / str(number), tell))
    return reports
