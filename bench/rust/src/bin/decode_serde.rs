//! What most services in Rust are made of: aws_lambda_events, serde_json, derived structs.

use std::process::ExitCode;

use aws_lambda_events::event::kinesis::KinesisEvent;
use bench_peers::harness::{self, Decoder, Result};
use bench_peers::model::{Envelope, Event, Payload};
use serde_json::value::RawValue;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn payload<'a>(kind: &str, data: &'a RawValue) -> serde_json::Result<Payload<'a>> {
    match kind {
        "USER_LIMIT_PROGRESS_CHANGED" => serde_json::from_str(data.get()).map(Payload::ProgressChanged),
        "USER_LIMIT_CREATED" => serde_json::from_str(data.get()).map(Payload::Created),
        "USER_LIMIT_RESET" => serde_json::from_str(data.get()).map(Payload::Reset),
        _ => Err(serde::de::Error::custom("a type that has no struct")),
    }
}

struct SerdeJson;

impl Decoder for SerdeJson {
    const NAME: &'static str = "Rust serde_json";

    fn decode(text: &[u8], mut visit: impl FnMut(&Event)) -> Result {
        let batch: KinesisEvent = serde_json::from_slice(text)?;
        for record in &batch.records {
            let envelope: Envelope = serde_json::from_slice(&record.kinesis.data)?;
            visit(&Event {
                partition_key: &record.kinesis.partition_key,
                sequence_number: &record.kinesis.sequence_number,
                aggregate_id: envelope.aggregate_id,
                created_at: envelope.created_at,
                event_id: envelope.event_id,
                aggregate_sequence: envelope.sequence_number,
                source: envelope.source,
                payload: payload(&envelope.kind, envelope.data)?,
                kind: envelope.kind,
            });
        }
        Ok(())
    }
}

fn main() -> ExitCode {
    harness::main::<SerdeJson>()
}
