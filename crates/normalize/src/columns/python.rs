//! Number parsing and formatting of Python, which dlt uses for conversions.

/// Parses text like Python's `float`, which allows surrounding white space and single underscores between digits.
pub(super) fn float(text: &str) -> Option<f64> {
    let text = text.trim();
    if text.bytes().any(|b| b == b'_') {
        return plain_digits(text)?.parse().ok();
    }
    text.parse().ok()
}

/// Parses text like Python's `int`, or as hexadecimal after `0x`.
pub(super) fn int(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return i64::from_str_radix(hex, 16).ok().filter(|_| !hex.starts_with(['+', '-']));
    }
    if text.bytes().any(|b| b == b'_') {
        return plain_digits(text)?.parse().ok();
    }
    text.parse().ok()
}

/// Returns true if the text is an integer of any size.
pub(super) fn is_integer(text: &str) -> bool {
    let text = text.trim();
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'_')
}

/// Removes underscores, each of which must be between two digits.
fn plain_digits(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let fine = bytes.iter().enumerate().all(|(at, b)| *b != b'_' || (at > 0 && is_digit(at - 1) && is_digit(at + 1)));
    fine.then(|| text.replace('_', ""))
}

/// Formats a number like Python's `str`: with the shortest digits that round-trip, and an exponent outside of 1e-4 to 1e16.
pub(super) fn float_text(n: f64) -> String {
    if n.is_nan() {
        return "nan".to_owned();
    }
    if n.is_infinite() {
        return if n > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let magnitude = n.abs();
    if magnitude != 0.0 && !(1e-4..1e16).contains(&magnitude) {
        let text = format!("{n:e}");
        return match text.split_once('e') {
            Some((digits, exponent)) => match exponent.strip_prefix('-') {
                Some(negative) => format!("{digits}e-{negative:0>2}"),
                None => format!("{digits}e+{exponent:0>2}"),
            },
            None => text,
        };
    }
    let text = n.to_string();
    if text.contains('.') { text } else { format!("{text}.0") }
}

#[cfg(test)]
mod tests {
    use super::{float, float_text, int};

    #[test]
    fn formats_floats() {
        let check = |n: f64, expected| assert_eq!(float_text(n), expected);
        check(1.0, "1.0");
        check(-0.0, "-0.0");
        check(1.10, "1.1");
        check(0.0001, "0.0001");
        check(0.00001, "1e-05");
        check(1.5e-7, "1.5e-07");
        check(9_007_199_254_740_993.0, "9007199254740992.0");
        check(1e16, "1e+16");
        check(1e100, "1e+100");
        check(f64::NAN, "nan");
        check(f64::NEG_INFINITY, "-inf");
    }

    #[test]
    fn parses_integers() {
        let check = |text, expected| assert_eq!(int(text), expected, "{text:?}");
        check("5", Some(5));
        check(" -7 ", Some(-7));
        check("+7", Some(7));
        check("1_000", Some(1000));
        check("0xff", Some(255));
        check("1.0", None);
        check("1__0", None);
        check("_1", None);
        check("", None);
        check("0x-1", None);
        check("9223372036854775808", None);
    }

    #[test]
    fn parses_floats() {
        let check = |text, expected| assert_eq!(float(text), expected, "{text:?}");
        check("1e3", Some(1000.0));
        check(" 1_0.5 ", Some(10.5));
        check("inf", Some(f64::INFINITY));
        check("x", None);
        check("1_", None);
    }
}
