//! Conversion of setting values to the types of fields.

use std::path::PathBuf;
use std::time::Duration;

use crate::parse_number::{parse_float, parse_integer};
use crate::{Secret, SettingValue};

/// A type that can be read from a setting. Conversion follows dlt, so that its configuration files work
/// unchanged.
pub trait FromSettingValue: Sized {
    /// The expected value, for errors and documentation: `a non-negative integer`.
    const EXPECTED: &'static str;
    /// Whether a field of this type is a secret.
    const SECRET: bool = false;

    /// Converts a value. Returns `None` if it is not [`EXPECTED`](FromSettingValue::EXPECTED).
    fn from_value(value: &SettingValue) -> Option<Self>;

    /// Renders the value as TOML, to document defaults. Never shows a secret.
    fn to_toml(&self) -> String;
}

/// A string, unchanged; other scalars as Python prints them: `5`, `1.0`, `True`.
impl FromSettingValue for String {
    const EXPECTED: &'static str = "a string";

    fn from_value(value: &SettingValue) -> Option<Self> {
        match value {
            SettingValue::Text(text) => Some(text.expose().to_owned()),
            SettingValue::Bool(true) => Some("True".to_owned()),
            SettingValue::Bool(false) => Some("False".to_owned()),
            SettingValue::Integer(number) => Some(number.to_string()),
            SettingValue::Float(number) => Some(format!("{number:?}")),
            SettingValue::List(_) | SettingValue::Table(_) => None,
        }
    }

    fn to_toml(&self) -> String {
        format!("{self:?}")
    }
}

/// A string, as a secret.
impl FromSettingValue for Secret {
    const EXPECTED: &'static str = "a string";
    const SECRET: bool = true;

    fn from_value(value: &SettingValue) -> Option<Self> {
        match value {
            SettingValue::Text(text) => Some(text.clone()),
            other => String::from_value(other).map(Self::from),
        }
    }

    fn to_toml(&self) -> String {
        "***".to_owned()
    }
}

/// A string, as a path. A relative path stays relative.
impl FromSettingValue for PathBuf {
    const EXPECTED: &'static str = "a path";

    fn from_value(value: &SettingValue) -> Option<Self> {
        String::from_value(value).map(Self::from)
    }

    fn to_toml(&self) -> String {
        format!("{:?}", self.display().to_string())
    }
}

/// `yes`, `true`, `t`, `y`, `1` and `no`, `false`, `f`, `n`, `0`, ignoring case. A number is true unless it is 0.
impl FromSettingValue for bool {
    const EXPECTED: &'static str = "true or false (or yes, no, 1, 0)";

    fn from_value(value: &SettingValue) -> Option<Self> {
        match value {
            SettingValue::Text(text) => match text.expose().trim().to_ascii_lowercase().as_str() {
                "yes" | "true" | "t" | "y" | "1" => Some(true),
                "no" | "false" | "f" | "n" | "0" => Some(false),
                _ => None,
            },
            SettingValue::Bool(value) => Some(*value),
            SettingValue::Integer(number) => Some(*number != 0),
            SettingValue::Float(number) => Some(*number != 0.0),
            SettingValue::List(_) | SettingValue::Table(_) => None,
        }
    }

    fn to_toml(&self) -> String {
        self.to_string()
    }
}

/// An integer. A float is accepted without a fraction; a boolean is rejected.
macro_rules! whole_number {
    ($type:ty, $expected:literal) => {
        impl FromSettingValue for $type {
            const EXPECTED: &'static str = $expected;

            fn from_value(value: &SettingValue) -> Option<Self> {
                let number = match value {
                    SettingValue::Text(text) => parse_integer(text.expose())?,
                    SettingValue::Integer(number) => *number,
                    // An out-of-range cast saturates at the bounds of i128, which `try_from` below rejects.
                    SettingValue::Float(number) if number.fract() == 0.0 => *number as i128,
                    _ => return None,
                };
                Self::try_from(number).ok()
            }

            fn to_toml(&self) -> String {
                self.to_string()
            }
        }
    };
}

whole_number!(u64, "a non-negative integer");
whole_number!(usize, "a non-negative integer");
whole_number!(u32, "an integer from 0 to 4294967295");
whole_number!(u16, "an integer from 0 to 65535");

/// A number, including `inf` and `nan`. A boolean is rejected.
impl FromSettingValue for f64 {
    const EXPECTED: &'static str = "a number";

    fn from_value(value: &SettingValue) -> Option<Self> {
        match value {
            SettingValue::Text(text) => parse_float(text.expose()),
            // The nearest float, as in dlt.
            SettingValue::Integer(number) => Some(*number as f64),
            SettingValue::Float(number) => Some(*number),
            SettingValue::Bool(_) | SettingValue::List(_) | SettingValue::Table(_) => None,
        }
    }

    fn to_toml(&self) -> String {
        format!("{self:?}")
    }
}

/// A number of seconds; fractions are allowed.
impl FromSettingValue for Duration {
    const EXPECTED: &'static str = "a non-negative number of seconds";

    fn from_value(value: &SettingValue) -> Option<Self> {
        Self::try_from_secs_f64(f64::from_value(value)?).ok()
    }

    fn to_toml(&self) -> String {
        format!("{:?}", self.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use super::*;

    fn check<T: FromSettingValue + PartialEq + Debug>(value: impl Into<SettingValue>, expected: Option<T>) {
        let value = value.into();
        assert_eq!(T::from_value(&value), expected, "{}", value.describe(false));
    }

    #[test]
    fn to_text() {
        fn check(value: impl Into<SettingValue>, expected: &str) {
            super::tests::check::<String>(value, Some(expected.to_owned()));
        }
        check("00712345", "00712345");
        check("true", "true");
        check(" \"quoted\" ", " \"quoted\" ");
        check("", "");
        check(5, "5");
        check(1.0, "1.0");
        check(true, "True");
        super::tests::check::<String>(SettingValue::List(vec![]), None);
        super::tests::check(712_345, Some(Secret::from("712345")));
        super::tests::check("a/b", Some(PathBuf::from("a/b")));
    }

    #[test]
    fn to_bool() {
        for word in ["yes", "true", "t", "y", "1", "YES", "True", "T", "Y"] {
            check(word, Some(true));
        }
        for word in ["no", "false", "f", "n", "0", "NO", "False", "F", "N"] {
            check(word, Some(false));
        }
        for word in ["", "on", "off", "maybe", "2", "1.0"] {
            check::<bool>(word, None);
        }
        check(2, Some(true));
        check(0.0, Some(false));
        check(false, Some(false));
    }

    #[test]
    fn to_integer() {
        check("18446744073709551615", Some(u64::MAX));
        check("0x10", Some(16_u64));
        check(7, Some(7_u64));
        check(7.0, Some(7_u64));
        check::<u64>("18446744073709551616", None);
        check::<u64>("-1", None);
        check::<u64>("1.0", None);
        check::<u64>(-1, None);
        check::<u64>(7.5, None);
        check::<u64>(1e30, None);
        check::<u64>(f64::NAN, None);
        check::<u64>(true, None);
    }

    #[test]
    fn to_float_and_seconds() {
        check("1.5", Some(1.5));
        check(3, Some(3.0));
        check::<f64>(true, None);
        check::<f64>("fast", None);
        check("0.25", Some(Duration::from_millis(250)));
        check(60, Some(Duration::from_secs(60)));
        check::<Duration>(-1, None);
        check::<Duration>("nan", None);
        check::<Duration>("inf", None);
    }
}
