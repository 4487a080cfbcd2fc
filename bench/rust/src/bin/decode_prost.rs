//! Messages to prost's structs. The file is what bench/proto/messages.h says.

use std::borrow::Cow;
use std::hint::black_box;
use std::process::ExitCode;

use bench_peers::harness::{self, Decoder, Result};
use bench_peers::messages::{Envelope, UserLimitCreated, UserLimitProgressChanged, UserLimitReset};
use bench_peers::model::{Created, Event, Payload, ProgressChanged, Reset};
use prost::Message;
use rust_decimal::Decimal;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

enum Unpacked {
    Created(UserLimitCreated),
    ProgressChanged(UserLimitProgressChanged),
    Reset(UserLimitReset),
}

fn unpack(bytes: &[u8]) -> std::result::Result<(Envelope, Unpacked), prost::DecodeError> {
    let envelope = Envelope::decode(bytes)?;
    let data = envelope.data();
    let payload = match envelope.r#type() {
        "USER_LIMIT_PROGRESS_CHANGED" => {
            Unpacked::ProgressChanged(UserLimitProgressChanged::decode(data)?)
        }
        "USER_LIMIT_CREATED" => Unpacked::Created(UserLimitCreated::decode(data)?),
        "USER_LIMIT_RESET" => Unpacked::Reset(UserLimitReset::decode(data)?),
        // The one way to make such an error, for a type that has no struct.
        _ => return Err(UserLimitReset::decode(&[0u8][..]).unwrap_err()),
    };
    Ok((envelope, payload))
}

/// Calls `visit` with the bytes of each message.
fn each(mut text: &[u8], mut visit: impl FnMut(&[u8]) -> Result) -> Result {
    while let Some((head, rest)) = text.split_first_chunk::<4>() {
        let length = u32::from_le_bytes(*head) as usize;
        visit(rest.get(..length).ok_or("a message is cut")?)?;
        text = &rest[length..];
    }
    Ok(())
}

/* ---- For the checksum ---- */

fn decimal(text: &str) -> std::result::Result<Decimal, rust_decimal::Error> {
    Decimal::from_str_exact(text)
}

fn optional(text: &Option<String>) -> std::result::Result<Option<Decimal>, rust_decimal::Error> {
    text.as_deref().map(decimal).transpose()
}

const ENUM: &str = "an enum that has no value";

fn model(payload: &Unpacked) -> std::result::Result<Payload<'_>, Box<dyn std::error::Error>> {
    Ok(match payload {
        Unpacked::Created(from) => Payload::Created(Created {
            active_from: from.active_from(),
            active_until: from.active_until,
            brand_id: Cow::Borrowed(from.brand_id()),
            created_at: from.created_at,
            currency_code: Cow::Borrowed(from.currency_code()),
            next_reset_time: from.next_reset_time,
            period: from.period().model().ok_or(ENUM)?,
            previous_limit_value: optional(&from.previous_limit_value)?,
            progress: optional(&from.progress)?,
            status: from.status().model().ok_or(ENUM)?,
            kind: from.r#type().model().ok_or(ENUM)?,
            user_id: Cow::Borrowed(from.user_id()),
            user_limit_id: Cow::Borrowed(from.user_limit_id()),
            value: decimal(from.value())?,
        }),
        Unpacked::ProgressChanged(from) => Payload::ProgressChanged(ProgressChanged {
            amount: decimal(from.amount())?,
            brand_id: Cow::Borrowed(from.brand_id()),
            currency_code: Cow::Borrowed(from.currency_code()),
            next_reset_time: from.next_reset_time(),
            previous_progress: decimal(from.previous_progress())?,
            remaining_amount: optional(&from.remaining_amount)?,
            user_id: Cow::Borrowed(from.user_id()),
            user_limit_id: Cow::Borrowed(from.user_limit_id()),
        }),
        Unpacked::Reset(from) => Payload::Reset(Reset {
            brand_id: Cow::Borrowed(from.brand_id()),
            currency_code: Cow::Borrowed(from.currency_code()),
            next_reset_time: from.next_reset_time(),
            period: from.period().model().ok_or(ENUM)?,
            reset_amount: decimal(from.reset_amount())?,
            reset_percentage: decimal(from.reset_percentage())?,
            kind: from.r#type().model().ok_or(ENUM)?,
            unused_amount: decimal(from.unused_amount())?,
            user_id: Cow::Borrowed(from.user_id()),
            user_limit_id: Cow::Borrowed(from.user_limit_id()),
        }),
    })
}

struct Prost;

impl Decoder for Prost {
    const NAME: &'static str = "Rust prost";

    fn decode(text: &[u8], mut visit: impl FnMut(&Event)) -> Result {
        each(text, |bytes| {
            let (envelope, payload) = unpack(bytes)?;
            visit(&Event {
                partition_key: "",
                sequence_number: "",
                aggregate_id: Cow::Borrowed(envelope.aggregate_id()),
                created_at: envelope.created_at(),
                event_id: Cow::Borrowed(envelope.event_id()),
                aggregate_sequence: envelope.sequence_number(),
                source: Cow::Borrowed(envelope.source()),
                kind: Cow::Borrowed(envelope.r#type()),
                payload: model(&payload)?,
            });
            Ok(())
        })
    }

    fn run(text: &[u8]) -> Result {
        each(text, |bytes| {
            black_box(unpack(bytes)?);
            Ok(())
        })
    }
}

fn main() -> ExitCode {
    harness::main::<Prost>()
}
