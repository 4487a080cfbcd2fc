//! The limits' service as it would be written in Rust: lambda_runtime, aws_lambda_events, serde, garde.
//! The rules are those of src/handlers.

use std::collections::VecDeque;
use std::error::Error;
use std::sync::{Mutex, PoisonError};

use ahash::{AHashMap, AHashSet};
use aws_lambda_events::event::kinesis::{KinesisEvent, KinesisEventRecord};
use aws_lambda_events::event::streams::KinesisEventResponse;
use bench_peers::model::{
    Created, Envelope, LimitType, Period, ProgressChanged, Reset, Status,
};
use garde::Validate;
use lambda_runtime::{run, service_fn, LambdaEvent};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Result<T = ()> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

const MARKS_IN_MEMORY: usize = 100_000;

/// All that an entity has, whether a rule reads it or not.
#[allow(dead_code)]
struct Limit {
    active_from: i64,
    active_until: Option<i64>,
    brand_id: String,
    created_at: Option<i64>,
    currency_code: String,
    next_reset_time: Option<i64>,
    period: Period,
    previous_limit_value: Option<Decimal>,
    progress: Decimal,
    status: Status,
    kind: LimitType,
    user_id: String,
    user_limit_id: String,
    value: Decimal,
}

/// The events that were applied, the newest so many of them.
#[derive(Default)]
struct Marks {
    ids: AHashSet<String>,
    order: VecDeque<String>,
}

impl Marks {
    fn add(&mut self, id: &str) {
        if self.order.len() == MARKS_IN_MEMORY {
            if let Some(oldest) = self.order.pop_front() {
                self.ids.remove(&oldest);
            }
        }
        self.ids.insert(id.to_owned());
        self.order.push_back(id.to_owned());
    }
}

#[derive(Default)]
struct State {
    limits: AHashMap<String, Limit>,
    marks: Marks,
}

impl State {
    fn created(&mut self, event: Created) -> Result {
        if self.limits.contains_key(&*event.user_limit_id) {
            return Err("the limit exists".into());
        }
        let limit = Limit {
            active_from: event.active_from,
            active_until: event.active_until,
            brand_id: event.brand_id.into_owned(),
            created_at: event.created_at,
            currency_code: event.currency_code.into_owned(),
            next_reset_time: event.next_reset_time,
            period: event.period,
            previous_limit_value: event.previous_limit_value,
            progress: Decimal::ZERO,
            status: event.status,
            kind: event.kind,
            user_id: event.user_id.into_owned(),
            user_limit_id: event.user_limit_id.into_owned(),
            value: event.value,
        };
        self.limits.insert(limit.user_limit_id.clone(), limit);
        Ok(())
    }

    fn progress_changed(&mut self, event: ProgressChanged) -> Result {
        let limit = self.limits.get_mut(&*event.user_limit_id).ok_or("no such limit")?;
        let progress =
            event.previous_progress.checked_add(event.amount).ok_or("too large a sum")?;
        if progress > limit.value {
            return Err("previousProgress + amount is more than the limit's value".into());
        }
        if limit.progress != event.previous_progress {
            eprintln!("{}: the stored progress is not the event's", event.user_limit_id);
        }
        if event.remaining_amount.is_some_and(|remaining| remaining != limit.value - progress) {
            eprintln!("{}: what is left is not the event's", event.user_limit_id);
        }
        limit.progress = progress;
        Ok(())
    }

    fn reset(&mut self, event: Reset) -> Result {
        let limit = self.limits.get_mut(&*event.user_limit_id).ok_or("no such limit")?;
        limit.progress = Decimal::ZERO;
        limit.next_reset_time = Some(event.next_reset_time);
        Ok(())
    }

    fn apply(&mut self, record: &KinesisEventRecord) -> Result {
        let envelope: Envelope = serde_json::from_slice(&record.kinesis.data)?;
        envelope.validate()?;
        if self.marks.ids.contains(&*envelope.event_id) {
            return Ok(());
        }
        match &*envelope.kind {
            "USER_LIMIT_CREATED" => self.created(payload(envelope.data)?)?,
            "USER_LIMIT_PROGRESS_CHANGED" => self.progress_changed(payload(envelope.data)?)?,
            "USER_LIMIT_RESET" => self.reset(payload(envelope.data)?)?,
            _ => return Ok(()), // other services' events
        }
        self.marks.add(&envelope.event_id);
        Ok(())
    }
}

fn payload<'a, T>(data: &'a RawValue) -> Result<T>
where
    T: Deserialize<'a> + Validate<Context = ()>,
{
    let payload: T = serde_json::from_str(data.get())?;
    payload.validate()?;
    Ok(payload)
}

/// In order; the first record that fails is named, and ends the batch.
fn apply_batch(state: &mut State, batch: &KinesisEvent) -> KinesisEventResponse {
    let mut response = KinesisEventResponse::default();
    for record in &batch.records {
        if let Err(error) = state.apply(record) {
            eprintln!("{}: {error}", record.kinesis.sequence_number);
            response.add_failure(record.kinesis.sequence_number.clone());
            break;
        }
    }
    response
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result {
    let state = Mutex::new(State::default());
    let state = &state;
    run(service_fn(move |event: LambdaEvent<KinesisEvent>| async move {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        Ok::<_, Box<dyn Error + Send + Sync>>(apply_batch(&mut state, &event.payload))
    }))
    .await
}
