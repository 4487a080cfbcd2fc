//! The events as structs. Texts are borrowed from the event unless they have escapes.

use std::borrow::Cow;

use garde::Validate;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize, Validate)]
#[serde(rename_all = "camelCase")]
pub struct Envelope<'a> {
    #[serde(borrow)]
    #[garde(length(chars, min = 1))]
    pub aggregate_id: Cow<'a, str>,
    #[garde(range(min = 0))]
    pub created_at: i64,
    /// Read when `type` is known, which comes later.
    #[serde(borrow)]
    #[garde(skip)]
    pub data: &'a RawValue,
    #[serde(borrow)]
    #[garde(length(chars, min = 1, max = 64))]
    pub event_id: Cow<'a, str>,
    #[garde(range(min = 0))]
    pub sequence_number: i64,
    #[serde(borrow)]
    #[garde(skip)]
    pub source: Cow<'a, str>,
    #[serde(borrow, rename = "type")]
    #[garde(length(chars, min = 1))]
    pub kind: Cow<'a, str>,
}

/// ^[A-Z]{3}$; what the crate's own patterns are made of is slower.
fn currency(code: &str, _: &()) -> garde::Result {
    if code.len() == 3 && code.bytes().all(|c| c.is_ascii_uppercase()) {
        return Ok(());
    }
    Err(garde::Error::new("not three capital letters"))
}

#[derive(Deserialize, Validate)]
#[serde(rename_all = "camelCase")]
pub struct Created<'a> {
    #[garde(range(min = 0))]
    pub active_from: i64,
    #[garde(range(min = 0))]
    pub active_until: Option<i64>,
    #[serde(borrow)]
    #[garde(length(chars, min = 1, max = 64))]
    pub brand_id: Cow<'a, str>,
    #[garde(range(min = 0))]
    pub created_at: Option<i64>,
    #[serde(borrow)]
    #[garde(custom(currency))]
    pub currency_code: Cow<'a, str>,
    #[garde(range(min = 0))]
    pub next_reset_time: Option<i64>,
    #[garde(skip)]
    pub period: Period,
    #[serde(default, with = "rust_decimal::serde::str_option")]
    #[garde(range(min = Decimal::ZERO))]
    pub previous_limit_value: Option<Decimal>,
    #[serde(default, with = "rust_decimal::serde::str_option")]
    #[garde(range(min = Decimal::ZERO))]
    pub progress: Option<Decimal>,
    #[garde(skip)]
    pub status: Status,
    #[serde(rename = "type")]
    #[garde(skip)]
    pub kind: LimitType,
    #[serde(borrow)]
    #[garde(length(chars, min = 1, max = 64))]
    pub user_id: Cow<'a, str>,
    #[serde(borrow)]
    #[garde(length(chars, min = 1, max = 64))]
    pub user_limit_id: Cow<'a, str>,
    #[serde(with = "rust_decimal::serde::str")]
    #[garde(range(min = Decimal::ZERO))]
    pub value: Decimal,
}

#[derive(Deserialize, Validate)]
#[serde(rename_all = "camelCase")]
pub struct ProgressChanged<'a> {
    #[serde(with = "rust_decimal::serde::str")]
    #[garde(range(min = Decimal::ZERO))]
    pub amount: Decimal,
    #[serde(borrow)]
    #[garde(length(chars, min = 1, max = 64))]
    pub brand_id: Cow<'a, str>,
    #[serde(borrow)]
    #[garde(custom(currency))]
    pub currency_code: Cow<'a, str>,
    #[garde(range(min = 0))]
    pub next_reset_time: i64,
    #[serde(with = "rust_decimal::serde::str")]
    #[garde(range(min = Decimal::ZERO))]
    pub previous_progress: Decimal,
    #[serde(default, with = "rust_decimal::serde::str_option")]
    #[garde(range(min = Decimal::ZERO))]
    pub remaining_amount: Option<Decimal>,
    #[serde(borrow)]
    #[garde(length(chars, min = 1, max = 64))]
    pub user_id: Cow<'a, str>,
    #[serde(borrow)]
    #[garde(length(chars, min = 1, max = 64))]
    pub user_limit_id: Cow<'a, str>,
}

#[derive(Deserialize, Validate)]
#[serde(rename_all = "camelCase")]
pub struct Reset<'a> {
    #[serde(borrow)]
    #[garde(length(chars, min = 1, max = 64))]
    pub brand_id: Cow<'a, str>,
    #[serde(borrow)]
    #[garde(custom(currency))]
    pub currency_code: Cow<'a, str>,
    #[garde(range(min = 0))]
    pub next_reset_time: i64,
    #[garde(skip)]
    pub period: Period,
    #[serde(with = "rust_decimal::serde::str")]
    #[garde(range(min = Decimal::ZERO))]
    pub reset_amount: Decimal,
    #[serde(with = "rust_decimal::serde::str")]
    #[garde(range(min = Decimal::ZERO))]
    pub reset_percentage: Decimal,
    #[serde(rename = "type")]
    #[garde(skip)]
    pub kind: LimitType,
    #[serde(with = "rust_decimal::serde::str")]
    #[garde(range(min = Decimal::ZERO))]
    pub unused_amount: Decimal,
    #[serde(borrow)]
    #[garde(length(chars, min = 1, max = 64))]
    pub user_id: Cow<'a, str>,
    #[serde(borrow)]
    #[garde(length(chars, min = 1, max = 64))]
    pub user_limit_id: Cow<'a, str>,
}

#[derive(Clone, Copy, Deserialize, Debug)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Period {
    CalendarDay,
    CalendarWeek,
    CalendarMonth,
    Day,
    Week,
    Month,
    Indefinite,
    Instance,
}

#[derive(Clone, Copy, Deserialize, Debug)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    Active,
    Canceled,
    Future,
    InCooldown,
}

#[derive(Clone, Copy, Deserialize, Debug)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LimitType {
    Balance,
    Bet,
    Deposit,
    Loss,
    Session,
}

pub enum Payload<'a> {
    Created(Created<'a>),
    ProgressChanged(ProgressChanged<'a>),
    Reset(Reset<'a>),
}

/// One record, decoded.
pub struct Event<'a> {
    pub partition_key: &'a str,
    pub sequence_number: &'a str,
    pub aggregate_id: Cow<'a, str>,
    pub created_at: i64,
    pub event_id: Cow<'a, str>,
    pub aggregate_sequence: i64,
    pub source: Cow<'a, str>,
    pub kind: Cow<'a, str>,
    pub payload: Payload<'a>,
}
