//! Numbers stored as text.

/// A number of any size and precision, stored as its source text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Number(Box<str>);

impl Number {
    /// Creates a number from `source`, which must be a valid number in the sense of [`Number::as_str`].
    pub(crate) fn from_source(source: impl Into<Box<str>>) -> Self {
        Number(source.into())
    }

    /// Returns the text: a JSON number, or one of `NaN`, `Infinity` and `-Infinity`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether the number has neither a fraction nor an exponent.
    pub fn is_integer(&self) -> bool {
        self.0.bytes().all(|b| b.is_ascii_digit() || b == b'-')
    }

    /// Returns whether this is a JSON number, not one of `NaN`, `Infinity` and `-Infinity`.
    pub(crate) fn is_finite(&self) -> bool {
        self.0.bytes().any(|b| b.is_ascii_digit())
    }

    /// Returns the integer, or `None` if it does not fit.
    pub fn as_i64(&self) -> Option<i64> {
        self.0.parse().ok()
    }

    /// Returns the nearest double.
    pub fn as_f64(&self) -> Option<f64> {
        self.0.parse().ok()
    }
}

impl From<i64> for Number {
    fn from(n: i64) -> Self {
        Number(n.to_string().into())
    }
}

impl From<u64> for Number {
    fn from(n: u64) -> Self {
        Number(n.to_string().into())
    }
}

impl From<f64> for Number {
    fn from(n: f64) -> Self {
        let text = match n {
            _ if n.is_nan() => "NaN".to_owned(),
            f64::INFINITY => "Infinity".to_owned(),
            f64::NEG_INFINITY => "-Infinity".to_owned(),
            // The shortest text that parses to the same double, always with a decimal point or an exponent.
            _ => format!("{n:?}"),
        };
        Number(text.into())
    }
}
