//! Reads the file, decodes it once for the checksum and then again and again for the time, and reports,
//! as bench/decode/timing.c and harness.c do.

use std::error::Error;
use std::fmt::Debug;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use std::{env, fs};

use rust_decimal::Decimal;

use crate::model::{Created, Event, Payload, ProgressChanged, Reset};

pub type Result = std::result::Result<(), Box<dyn Error>>;

pub trait Decoder {
    const NAME: &'static str;

    /// Gives each event of `text` to `visit`.
    fn decode(text: &[u8], visit: impl FnMut(&Event)) -> Result;

    /// What is timed.
    fn run(text: &[u8]) -> Result {
        Self::decode(text, |event| {
            black_box(event);
        })
    }
}

/// FNV-1a of every value as text, a newline after each; bench/README.md has the order.
struct Checksum {
    hash: u32,
    events: usize,
}

impl Checksum {
    fn text(&mut self, text: &str) {
        for byte in text.bytes().chain([b'\n']) {
            self.hash = (self.hash ^ u32::from(byte)).wrapping_mul(16777619);
        }
    }

    fn int(&mut self, value: i64) {
        self.text(&value.to_string());
    }

    fn decimal(&mut self, value: Decimal) {
        self.text(&value.to_string());
    }

    fn optional<T: ToString>(&mut self, value: Option<T>) {
        self.text(&value.map_or("-".to_string(), |value| value.to_string()));
    }

    /// CalendarDay as CALENDAR_DAY.
    fn name(&mut self, value: impl Debug) {
        let mut name = String::new();
        for (i, c) in format!("{value:?}").char_indices() {
            if i > 0 && c.is_uppercase() {
                name.push('_');
            }
            name.push(c.to_ascii_uppercase());
        }
        self.text(&name);
    }

    fn created(&mut self, event: &Created) {
        self.int(event.active_from);
        self.optional(event.active_until);
        self.text(&event.brand_id);
        self.optional(event.created_at);
        self.text(&event.currency_code);
        self.optional(event.next_reset_time);
        self.name(event.period);
        self.optional(event.previous_limit_value);
        self.optional(event.progress);
        self.name(event.status);
        self.name(event.kind);
        self.text(&event.user_id);
        self.text(&event.user_limit_id);
        self.decimal(event.value);
    }

    fn progress_changed(&mut self, event: &ProgressChanged) {
        self.decimal(event.amount);
        self.text(&event.brand_id);
        self.text(&event.currency_code);
        self.int(event.next_reset_time);
        self.decimal(event.previous_progress);
        self.optional(event.remaining_amount);
        self.text(&event.user_id);
        self.text(&event.user_limit_id);
    }

    fn reset(&mut self, event: &Reset) {
        self.text(&event.brand_id);
        self.text(&event.currency_code);
        self.int(event.next_reset_time);
        self.name(event.period);
        self.decimal(event.reset_amount);
        self.decimal(event.reset_percentage);
        self.name(event.kind);
        self.decimal(event.unused_amount);
        self.text(&event.user_id);
        self.text(&event.user_limit_id);
    }

    fn event(&mut self, event: &Event) {
        self.events += 1;
        self.text(event.partition_key);
        self.text(event.sequence_number);
        self.text(&event.aggregate_id);
        self.int(event.created_at);
        self.text(&event.event_id);
        self.int(event.aggregate_sequence);
        self.text(&event.source);
        self.text(&event.kind);
        match &event.payload {
            Payload::Created(payload) => self.created(payload),
            Payload::ProgressChanged(payload) => self.progress_changed(payload),
            Payload::Reset(payload) => self.reset(payload),
        }
    }
}

struct Options {
    path: String,
    seconds: f64,
    json: bool,
}

fn options() -> Option<Options> {
    let mut path = None;
    let mut seconds = 1.0;
    let mut json = false;
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--json" => json = true,
            "--seconds" => seconds = arguments.next()?.parse().ok()?,
            _ if !argument.starts_with('-') && path.is_none() => path = Some(argument),
            _ => return None,
        }
    }
    Some(Options { path: path?, seconds, json })
}

/// How long the process had the processor, so that other work on the machine does not count.
fn processor_seconds() -> f64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // Cannot fail with this clock and a place to write to.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut now) };
    now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
}

fn measure<D: Decoder>(options: &Options) -> Result {
    let text = fs::read(&options.path)?;
    let mut sum = Checksum { hash: 2166136261, events: 0 };
    D::decode(&text, |event| sum.event(event))?;

    let begin = Instant::now();
    let mut times = Vec::new();
    while times.len() < 3 || begin.elapsed() < Duration::from_secs_f64(options.seconds) {
        let before = processor_seconds();
        D::run(&text)?;
        times.push((processor_seconds() - before) * 1e3);
    }
    times.sort_by(f64::total_cmp);

    let (best, median) = (times[0], times[times.len() / 2]);
    let speed = text.len() as f64 / median / 1e3;
    let Checksum { hash, events } = sum;
    if options.json {
        println!(
            "{{\"name\":\"{}\",\"validates\":false,\"bytes\":{},\"events\":{events},\"runs\":{},\
             \"bestMs\":{best:.6},\"medianMs\":{median:.6},\"mbPerS\":{speed:.1},\
             \"checksum\":\"{hash:08x}\"}}",
            D::NAME,
            text.len(),
            times.len(),
        );
    } else {
        println!("{}: {}, {} bytes, {events} events", D::NAME, options.path, text.len());
        println!("  best {best:.3} ms, median {median:.3} ms of {} runs", times.len());
        println!(
            "  {speed:.1} MB/s, {:.0} ns an event, checksum {hash:08x}",
            median / events as f64 * 1e6
        );
    }
    Ok(())
}

pub fn main<D: Decoder>() -> ExitCode {
    let Some(options) = options() else {
        eprintln!("usage: {} FILE [--json] [--seconds N]", D::NAME);
        return ExitCode::from(2);
    };
    match measure::<D>(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {}: {error}", D::NAME, options.path);
            ExitCode::FAILURE
        }
    }
}
