//! Filters in addition to those of Jinja.

use catchment_schema::{format_timestamp, parse_timestamp};
use minijinja::{Environment, Error, ErrorKind, Value};

use super::list_factors;

const MICROS: i64 = 1_000_000;

pub(super) fn add(environment: &mut Environment<'static>) {
    environment.add_filter(list_factors::FILTER, list_factors::factor);
    environment.add_filter("epoch", epoch);
    environment.add_filter("timestamp", timestamp);
}

/// Converts a timestamp to seconds since 1970; an integer if it has no fraction of a second.
fn epoch(text: &str) -> Result<Value, Error> {
    let micros = parse_timestamp(text).ok_or_else(|| {
        Error::new(
            ErrorKind::InvalidOperation,
            format!("{text:?} is not a timestamp, expected a format such as 2024-01-31T00:00:00Z"),
        )
    })?;
    Ok(if micros % MICROS == 0 { Value::from(micros / MICROS) } else { Value::from(micros as f64 / MICROS as f64) })
}

/// Converts seconds since 1970 to a timestamp.
fn timestamp(seconds: f64) -> Result<String, Error> {
    let micros = seconds * MICROS as f64;
    if micros.is_nan() || micros.abs() > 2f64.powi(53) {
        return Err(Error::new(
            ErrorKind::InvalidOperation,
            format!("{seconds} is out of range for seconds since 1970; divide milliseconds by 1000"),
        ));
    }
    Ok(format_timestamp(micros.round() as i64).replace("+00:00", "Z"))
}
