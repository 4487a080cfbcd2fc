//! The fastest decoder into structs that there is for Rust: sonic-rs, and base64-simd.

use std::borrow::Cow;
use std::process::ExitCode;

use base64_simd::{Out, STANDARD};
use bench_peers::harness::{self, Decoder, Result};
use bench_peers::model::{Event, Payload};
use serde::Deserialize;
use sonic_rs::LazyValue;

#[derive(Deserialize)]
struct Batch<'a> {
    #[serde(borrow, rename = "Records")]
    records: Vec<Record<'a>>,
}

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow)]
    kinesis: Kinesis<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kinesis<'a> {
    #[serde(borrow)]
    partition_key: Cow<'a, str>,
    #[serde(borrow)]
    sequence_number: Cow<'a, str>,
    #[serde(borrow)]
    data: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    #[serde(borrow)]
    aggregate_id: Cow<'a, str>,
    created_at: i64,
    /// Read when `type` is known, which comes later.
    #[serde(borrow)]
    data: LazyValue<'a>,
    #[serde(borrow)]
    event_id: Cow<'a, str>,
    sequence_number: i64,
    #[serde(borrow)]
    source: Cow<'a, str>,
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
}

fn payload<'a>(kind: &str, data: &'a str) -> sonic_rs::Result<Payload<'a>> {
    match kind {
        "USER_LIMIT_PROGRESS_CHANGED" => sonic_rs::from_str(data).map(Payload::ProgressChanged),
        "USER_LIMIT_CREATED" => sonic_rs::from_str(data).map(Payload::Created),
        "USER_LIMIT_RESET" => sonic_rs::from_str(data).map(Payload::Reset),
        _ => Err(serde::de::Error::custom("a type that has no struct")),
    }
}

struct Sonic;

impl Decoder for Sonic {
    const NAME: &'static str = "Rust sonic-rs";

    fn decode(text: &[u8], mut visit: impl FnMut(&Event)) -> Result {
        let batch: Batch = sonic_rs::from_slice(text)?;
        let mut bytes = Vec::new();
        for record in &batch.records {
            let kinesis = &record.kinesis;
            bytes.resize(bytes.len().max(kinesis.data.len()), 0);
            let bytes = STANDARD.decode(kinesis.data.as_bytes(), Out::from_slice(&mut bytes))?;
            let envelope: Envelope = sonic_rs::from_slice(bytes)?;
            visit(&Event {
                partition_key: &kinesis.partition_key,
                sequence_number: &kinesis.sequence_number,
                aggregate_id: envelope.aggregate_id,
                created_at: envelope.created_at,
                event_id: envelope.event_id,
                aggregate_sequence: envelope.sequence_number,
                source: envelope.source,
                payload: payload(&envelope.kind, envelope.data.as_raw_str())?,
                kind: envelope.kind,
            });
        }
        Ok(())
    }
}

fn main() -> ExitCode {
    harness::main::<Sonic>()
}
