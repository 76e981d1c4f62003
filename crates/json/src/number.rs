//! Numbers as they were written.

/// A number that is never rounded: the text that it was written with.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Number(Box<str>);

impl Number {
    /// `source` must be a JSON number.
    pub(crate) fn from_source(source: impl Into<Box<str>>) -> Self {
        Number(source.into())
    }

    /// The text; a JSON number, or one of `NaN`, `Infinity` and `-Infinity`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it has neither fraction nor exponent.
    pub fn is_integer(&self) -> bool {
        self.0.bytes().all(|b| b.is_ascii_digit() || b == b'-')
    }

    /// Whether it is a JSON number, and not one of `NaN`, `Infinity` and `-Infinity`.
    pub(crate) fn is_finite(&self) -> bool {
        self.0.bytes().any(|b| b.is_ascii_digit())
    }

    /// The integer that it is, where it fits.
    pub fn as_i64(&self) -> Option<i64> {
        self.0.parse().ok()
    }

    /// The nearest double.
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
            // The shortest text that reads back as the same double, always with a point or an exponent.
            _ => format!("{n:?}"),
        };
        Number(text.into())
    }
}
