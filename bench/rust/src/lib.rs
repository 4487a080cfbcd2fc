pub mod harness;
pub mod messages;
pub mod model;
