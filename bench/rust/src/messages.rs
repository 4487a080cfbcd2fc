//! The messages of generated/proto, as prost-build writes them.

use crate::model::{LimitType, Period, Status};

#[derive(Clone, PartialEq, prost::Message)]
pub struct Envelope {
    #[prost(string, optional, tag = "1")]
    pub aggregate_id: Option<String>,
    #[prost(message, optional, tag = "2")]
    pub context: Option<prost_types::Struct>,
    #[prost(int64, optional, tag = "3")]
    pub created_at: Option<i64>,
    #[prost(bytes = "vec", optional, tag = "4")]
    pub data: Option<Vec<u8>>,
    #[prost(string, optional, tag = "5")]
    pub event_id: Option<String>,
    #[prost(int64, optional, tag = "6")]
    pub sequence_number: Option<i64>,
    #[prost(string, optional, tag = "7")]
    pub source: Option<String>,
    #[prost(string, optional, tag = "8")]
    pub r#type: Option<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct UserLimitCreated {
    #[prost(int64, optional, tag = "1")]
    pub active_from: Option<i64>,
    #[prost(int64, optional, tag = "2")]
    pub active_until: Option<i64>,
    #[prost(string, optional, tag = "3")]
    pub brand_id: Option<String>,
    #[prost(int64, optional, tag = "4")]
    pub created_at: Option<i64>,
    #[prost(string, optional, tag = "5")]
    pub currency_code: Option<String>,
    #[prost(int64, optional, tag = "6")]
    pub next_reset_time: Option<i64>,
    #[prost(enumeration = "LimitPeriod", optional, tag = "7")]
    pub period: Option<i32>,
    #[prost(string, optional, tag = "8")]
    pub previous_limit_value: Option<String>,
    #[prost(string, optional, tag = "9")]
    pub progress: Option<String>,
    #[prost(enumeration = "LimitStatus", optional, tag = "10")]
    pub status: Option<i32>,
    #[prost(enumeration = "LimitKind", optional, tag = "11")]
    pub r#type: Option<i32>,
    #[prost(string, optional, tag = "12")]
    pub user_id: Option<String>,
    #[prost(string, optional, tag = "13")]
    pub user_limit_id: Option<String>,
    #[prost(string, optional, tag = "14")]
    pub value: Option<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct UserLimitProgressChanged {
    #[prost(string, optional, tag = "1")]
    pub amount: Option<String>,
    #[prost(string, optional, tag = "2")]
    pub brand_id: Option<String>,
    #[prost(string, optional, tag = "3")]
    pub currency_code: Option<String>,
    #[prost(int64, optional, tag = "4")]
    pub next_reset_time: Option<i64>,
    #[prost(string, optional, tag = "5")]
    pub previous_progress: Option<String>,
    #[prost(string, optional, tag = "6")]
    pub remaining_amount: Option<String>,
    #[prost(string, optional, tag = "7")]
    pub user_id: Option<String>,
    #[prost(string, optional, tag = "8")]
    pub user_limit_id: Option<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct UserLimitReset {
    #[prost(string, optional, tag = "1")]
    pub brand_id: Option<String>,
    #[prost(string, optional, tag = "2")]
    pub currency_code: Option<String>,
    #[prost(int64, optional, tag = "3")]
    pub next_reset_time: Option<i64>,
    #[prost(enumeration = "LimitPeriod", optional, tag = "4")]
    pub period: Option<i32>,
    #[prost(string, optional, tag = "5")]
    pub reset_amount: Option<String>,
    #[prost(string, optional, tag = "6")]
    pub reset_percentage: Option<String>,
    #[prost(enumeration = "LimitKind", optional, tag = "7")]
    pub r#type: Option<i32>,
    #[prost(string, optional, tag = "8")]
    pub unused_amount: Option<String>,
    #[prost(string, optional, tag = "9")]
    pub user_id: Option<String>,
    #[prost(string, optional, tag = "10")]
    pub user_limit_id: Option<String>,
}

/// An enum of a message, and what of the model it stands for.
macro_rules! enumeration {
    ($name:ident, $model:ident, $($value:ident = $number:literal),+) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, prost::Enumeration)]
        #[repr(i32)]
        pub enum $name {
            Unspecified = 0,
            $($value = $number),+
        }

        impl $name {
            pub fn model(self) -> Option<$model> {
                match self {
                    Self::Unspecified => None,
                    $(Self::$value => Some($model::$value)),+
                }
            }
        }
    };
}

enumeration!(LimitPeriod, Period, CalendarDay = 1, CalendarWeek = 2, CalendarMonth = 3, Day = 4, Week = 5,
             Month = 6, Indefinite = 7, Instance = 8);
enumeration!(LimitStatus, Status, Active = 1, Canceled = 2, Future = 3, InCooldown = 4);
enumeration!(LimitKind, LimitType, Balance = 1, Bet = 2, Deposit = 3, Loss = 4, Session = 5);
