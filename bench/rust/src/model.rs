//! The events as structs. Texts are borrowed from the event unless they have escapes.

use std::borrow::Cow;

use rust_decimal::Decimal;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Created<'a> {
    pub active_from: i64,
    pub active_until: Option<i64>,
    #[serde(borrow)]
    pub brand_id: Cow<'a, str>,
    pub created_at: Option<i64>,
    #[serde(borrow)]
    pub currency_code: Cow<'a, str>,
    pub next_reset_time: Option<i64>,
    pub period: Period,
    #[serde(default, with = "rust_decimal::serde::str_option")]
    pub previous_limit_value: Option<Decimal>,
    #[serde(default, with = "rust_decimal::serde::str_option")]
    pub progress: Option<Decimal>,
    pub status: Status,
    #[serde(rename = "type")]
    pub kind: LimitType,
    #[serde(borrow)]
    pub user_id: Cow<'a, str>,
    #[serde(borrow)]
    pub user_limit_id: Cow<'a, str>,
    #[serde(with = "rust_decimal::serde::str")]
    pub value: Decimal,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProgressChanged<'a> {
    #[serde(with = "rust_decimal::serde::str")]
    pub amount: Decimal,
    #[serde(borrow)]
    pub brand_id: Cow<'a, str>,
    #[serde(borrow)]
    pub currency_code: Cow<'a, str>,
    pub next_reset_time: i64,
    #[serde(with = "rust_decimal::serde::str")]
    pub previous_progress: Decimal,
    #[serde(default, with = "rust_decimal::serde::str_option")]
    pub remaining_amount: Option<Decimal>,
    #[serde(borrow)]
    pub user_id: Cow<'a, str>,
    #[serde(borrow)]
    pub user_limit_id: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reset<'a> {
    #[serde(borrow)]
    pub brand_id: Cow<'a, str>,
    #[serde(borrow)]
    pub currency_code: Cow<'a, str>,
    pub next_reset_time: i64,
    pub period: Period,
    #[serde(with = "rust_decimal::serde::str")]
    pub reset_amount: Decimal,
    #[serde(with = "rust_decimal::serde::str")]
    pub reset_percentage: Decimal,
    #[serde(rename = "type")]
    pub kind: LimitType,
    #[serde(with = "rust_decimal::serde::str")]
    pub unused_amount: Decimal,
    #[serde(borrow)]
    pub user_id: Cow<'a, str>,
    #[serde(borrow)]
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
