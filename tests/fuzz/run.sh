#!/usr/bin/env bash
# Runs each fuzz target for so many seconds, from what earlier runs found (build/fuzz-corpus) and the
# sample events. A crash keeps its input in build/fuzz-crashes and ends with 1.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

seconds=${1:?for how many seconds?}
./dev setup test
./dev build fuzz

seeds=build/fuzz-corpus/seeds
mkdir -p "$seeds" build/fuzz-crashes
split --lines 1 --suffix-length 4 samples/events.ndjson "$seeds/event-"
head -n 12 samples/events.ndjson >"$seeds/batch"
# Entries of a Lambda event, one a file, as AWS writes them.
python3 - samples/lambda-event.json "$seeds" <<'PYTHON'
import json, sys
for n, entry in enumerate(json.load(open(sys.argv[1]))["Records"]):
    with open(f"{sys.argv[2]}/entry-{n}", "w") as file:
        json.dump(entry, file, separators=(",", ":"))
PYTHON

printf '[default]\naws_access_key_id = A\ns3 =\n  region = b\nregion = c\n' >"$seeds/profile"
printf '{"AccessKeyId":"A","SecretAccessKey":"B","Token":"C","Expiration":"2026-11-23T18:00:00Z"}' \
    >"$seeds/credentials"

printf '%s' '{"userLimitId":{"S":"l"},"userId":{"S":"u"},"brandId":{"S":"b"},"currencyCode":{"S":"EUR"},' \
    '"type":{"S":"DEPOSIT"},"period":{"S":"DAY"},"status":{"S":"ACTIVE"},"value":{"N":"1E+2"},"progress":{"N":"0"},' \
    '"activeFrom":{"N":"1795434900125"},"kh#version":{"N":"7"},"kh#marks":{"B":"YWJjZA=="}}' >"$seeds/item"
printf '%s' '{"M":{"a":{"L":[{"N":"1"},{"NULL":true},{"SS":["x"]}]},"b":{"BOOL":true}}}' >"$seeds/attribute"

# Messages of tests/proto/sample.proto, behind the byte that says of which type.
printf '\000\132\004\012\002\022\000\012\001a\020\175\030\005\061\000\000\000\000\000\000\370\077\070\001\100\007\110\002' \
    >"$seeds/message"
printf '\000\142\020\012\016\012\001a\022\011\052\007\012\005\022\003\032\001b\152\004\062\002\012\000\222\001\002\001\002' \
    >"$seeds/free-form"
printf '\002\022\001t\032\002\030\005' >"$seeds/envelope"
printf '%s' '{"shape":{"kind":"polygon","corners":[{"x":1.5}]},"text":"a","moment":"2026-11-24T12:00:00.125Z",' \
    '"colour":"red","any":{"a":[null,true,"b",0.5]},"smalls":[1,-1],"children":[{"size":"large"}]}' \
    >"$seeds/everything"

# What stands around events, and the message of an aggregate.
PYTHONPATH=. python3 - "$seeds" <<'PYTHON'
import gzip, subprocess, sys, zlib
from tests.record.records import aggregate, chunk, confluent, glue, user_record
JSON = b'{"a":1}'
ZSTD = subprocess.run(["zstd", "-qc"], input=JSON, capture_output=True, check=True).stdout
MANY = aggregate(user_record(JSON), user_record(gzip.compress(JSON), 1, 0, chunk(4, chunk(1, b"t"))),
                 keys=(b"k", b"l"), hash_keys=(b"340282366920938463463374607431768211455",))
for name, data in {
    "aggregate": MANY, "message": MANY[4:-16], "gzip": gzip.compress(JSON) * 2, "zstd": ZSTD,
    "glue": glue(JSON), "glue-zlib": glue(zlib.compress(b"\0\x0a\x01a"), 5), "confluent": confluent(b"\0\x0a\x01a"),
    "layers": gzip.compress(confluent(ZSTD)), "bomb": gzip.compress(bytes(4 << 20)),
}.items():
    open(f"{sys.argv[1]}/frame-{name}", "wb").write(data)
PYTHON

for target in fuzz_json fuzz_base64 fuzz_vector fuzz_decoder fuzz_lambda_event \
    fuzz_batch fuzz_profile fuzz_dynamodb fuzz_proto fuzz_proto_json fuzz_aggregate fuzz_frames; do
    printf '==> %s, %s s\n' "$target" "$seconds" >&2
    mkdir -p "build/fuzz-corpus/$target"
    log=build/fuzz-corpus/$target.log
    if ! "build/fuzz/tests/fuzz/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 \
        -max_len=8192 -artifact_prefix=build/fuzz-crashes/ -print_final_stats=1 \
        "build/fuzz-corpus/$target" "$seeds" >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        printf 'FAILED: %s; the input is in build/fuzz-crashes\n' "$target" >&2
        exit 1
    fi
    grep -h 'number_of_executed_units' "$log" >&2
done
