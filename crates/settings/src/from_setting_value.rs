//! From what was found to what is asked for.

use std::path::PathBuf;
use std::time::Duration;

use crate::parse_number::{parse_float, parse_integer};
use crate::{Secret, SettingValue};

/// A type that a setting can be asked as. The rules are those of the reference, so that its
/// configuration works here unchanged.
pub trait FromSettingValue: Sized {
    /// What a user has to write, for errors: `a whole number of 0 or more`.
    const EXPECTED: &'static str;
    /// Whether a field of this type is a secret.
    const SECRET: bool = false;

    /// Converts what was found; `None` where it is not what is [`EXPECTED`](FromSettingValue::EXPECTED).
    fn from_value(value: &SettingValue) -> Option<Self>;

    /// How a TOML file would have it, to tell of defaults. Nothing of a secret.
    fn to_toml(&self) -> String;
}

/// Exactly the text that was found; of another scalar its spelling: `5`, `1.0`, `True`.
impl FromSettingValue for String {
    const EXPECTED: &'static str = "text";

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

/// As a text, and a secret.
impl FromSettingValue for Secret {
    const EXPECTED: &'static str = "text";
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

/// As a text. A relative path stays relative.
impl FromSettingValue for PathBuf {
    const EXPECTED: &'static str = "a path";

    fn from_value(value: &SettingValue) -> Option<Self> {
        String::from_value(value).map(Self::from)
    }

    fn to_toml(&self) -> String {
        format!("{:?}", self.display().to_string())
    }
}

/// `yes`, `true`, `t`, `y`, `1` and `no`, `false`, `f`, `n`, `0` in any case; of a number, whether it is not 0.
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

/// A whole number; a float only if it has no fraction, a boolean never.
macro_rules! whole_number {
    ($type:ty, $expected:literal) => {
        impl FromSettingValue for $type {
            const EXPECTED: &'static str = $expected;

            fn from_value(value: &SettingValue) -> Option<Self> {
                let number = match value {
                    SettingValue::Text(text) => parse_integer(text.expose())?,
                    SettingValue::Integer(number) => *number,
                    // Out of range the cast saturates at the ends of i128, which no unsigned type reaches.
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

whole_number!(u64, "a whole number of 0 or more");
whole_number!(usize, "a whole number of 0 or more");
whole_number!(u32, "a whole number from 0 to 4294967295");
whole_number!(u16, "a whole number from 0 to 65535");

/// A number, also `inf` and `nan`; a boolean never.
impl FromSettingValue for f64 {
    const EXPECTED: &'static str = "a number";

    fn from_value(value: &SettingValue) -> Option<Self> {
        match value {
            SettingValue::Text(text) => parse_float(text.expose()),
            // The nearest float, as the reference does.
            SettingValue::Integer(number) => Some(*number as f64),
            SettingValue::Float(number) => Some(*number),
            SettingValue::Bool(_) | SettingValue::List(_) | SettingValue::Table(_) => None,
        }
    }

    fn to_toml(&self) -> String {
        format!("{self:?}")
    }
}

/// A number of seconds, with or without a fraction.
impl FromSettingValue for Duration {
    const EXPECTED: &'static str = "a number of seconds, 0 or more";

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
