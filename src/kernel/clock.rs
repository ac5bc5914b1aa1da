//! Time: one clock, and timestamps as the database and the wire know them.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde::Serialize;
use serde::Serializer;

/// Microseconds since the Unix epoch, the precision of every timestamp of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Reads an ISO 8601 date and time, such as `2026-03-01T12:34:56Z`; without an offset it is UTC.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(civil) = text.parse::<jiff::civil::DateTime>()
            && text.parse::<jiff::Timestamp>().is_err()
        {
            let moment = civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
            return Some(Self(moment.timestamp().as_microsecond()));
        }
        text.parse::<jiff::Timestamp>()
            .ok()
            .map(|t| Self(t.as_microsecond()))
    }

    /// Seconds since the epoch as a float, the form of `messages[].time`.
    pub fn as_seconds(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// Whole seconds since the epoch.
    pub fn epoch_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// The moment that is `duration` before this one.
    pub fn before(self, duration: Duration) -> Self {
        Self(
            self.0
                .saturating_sub(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)),
        )
    }

    /// This moment and `duration` later.
    pub fn after(self, duration: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)),
        )
    }
}

/// `2026-03-01T12:34:56.123456Z` (contract 01 §1.7).
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(moment) => write!(f, "{moment:.6}"),
            Err(_) => Err(fmt::Error),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The one source of the current time.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The clock of the machine.
    System,
    /// A clock that stands still until somebody moves it, for tests.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The current time.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp(jiff::Timestamp::now().as_microsecond()),
            Self::Manual(micros) => Timestamp(micros.load(Ordering::Relaxed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_is_printed_with_six_digits_and_a_z() {
        let moment = Timestamp::parse("2026-03-01T13:34:56.1+01:00").unwrap();
        assert_eq!(moment.to_string(), "2026-03-01T12:34:56.100000Z");
        assert_eq!(Timestamp(0).to_string(), "1970-01-01T00:00:00.000000Z");
    }
}
