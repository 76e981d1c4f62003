//! Numbers written as text, as the reference reads them.

/// A whole number as Python's `int()` reads it, or hexadecimal after `0x`; surrounding space is ignored.
pub(crate) fn parse_integer(text: &str) -> Option<i128> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let number = match hexadecimal(digits) {
        Some(digits) => i128::from_str_radix(&unsigned(digits)?, 16),
        None => unsigned(digits)?.parse(),
    };
    number.ok().map(|number| if negative { -number } else { number })
}

/// A number as Python's `parse_float()` reads it (`1e3`, `inf`, `nan`), or hexadecimal after `0x`.
pub(crate) fn parse_float(text: &str) -> Option<f64> {
    let text = text.trim();
    if let Some(number) = hexadecimal(text).and_then(|_| parse_integer(text)) {
        // Hexadecimal settings past 2^53 have no exact float; the nearest is what Python gives.
        return Some(number as f64);
    }
    without_separators(text)?.parse().ok()
}

fn hexadecimal(digits: &str) -> Option<&str> {
    digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"))
}

/// Digits with no sign of their own: what comes after a sign or a prefix (`--1` and `0x-1` are no numbers).
fn unsigned(digits: &str) -> Option<String> {
    if digits.starts_with(['+', '-']) {
        return None;
    }
    without_separators(digits)
}

/// Takes out each `_` that stands between two digits; `None` where one stands elsewhere.
fn without_separators(digits: &str) -> Option<String> {
    let mut text = String::with_capacity(digits.len());
    let mut before: Option<char> = None;
    let mut rest = digits.chars().peekable();
    while let Some(c) = rest.next() {
        if c == '_' {
            let between = before.is_some_and(|c| c.is_ascii_hexdigit()) && rest.peek().is_some_and(char::is_ascii_hexdigit);
            if !between {
                return None;
            }
        } else {
            text.push(c);
        }
        before = Some(c);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers() {
        fn check(text: &str, expected: Option<i128>) {
            assert_eq!(parse_integer(text), expected, "{text:?}");
        }
        check("5", Some(5));
        check(" 00712345\n", Some(712_345));
        check("+1_000", Some(1000));
        check("-7", Some(-7));
        check("0x1F", Some(31));
        check("1.0", None);
        check("", None);
        check("_1", None);
        check("1__0", None);
        check("1_", None);
        check("--1", None);
        check("-+1", None);
        check("0x-1", None);
        check("0x", None);
        check("true", None);
    }

    #[test]
    fn floats() {
        fn check(text: &str, expected: Option<f64>) {
            assert_eq!(parse_float(text), expected, "{text:?}");
        }
        check("1.5", Some(1.5));
        check(" 1e3 ", Some(1000.0));
        check("1_000.5", Some(1000.5));
        check("0x10", Some(16.0));
        check("-inf", Some(f64::NEG_INFINITY));
        check("", None);
        check("1,5", None);
        check("--1", None);
        assert!(parse_float("NaN").is_some_and(f64::is_nan));
    }
}
