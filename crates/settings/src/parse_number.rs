//! Parsing of numbers in strings by the rules of Python, as in dlt.

/// Parses an integer like Python's `int()`, or a hexadecimal one after `0x`. Ignores surrounding whitespace.
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

/// Parses a number like Python's `float()` (`1e3`, `inf`, `nan`), or a hexadecimal integer after `0x`.
pub(crate) fn parse_float(text: &str) -> Option<f64> {
    let text = text.trim();
    if let Some(number) = hexadecimal(text).and_then(|_| parse_integer(text)) {
        // Above 2^53 this is the nearest float, as in Python.
        return Some(number as f64);
    }
    without_separators(text)?.parse().ok()
}

fn hexadecimal(digits: &str) -> Option<&str> {
    digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"))
}

/// Returns the digits after a sign or prefix, or `None` if they start with another sign: `--1` and `0x-1` are invalid.
fn unsigned(digits: &str) -> Option<String> {
    if digits.starts_with(['+', '-']) {
        return None;
    }
    without_separators(digits)
}

/// Removes each `_` between two digits. Returns `None` for a `_` at any other position.
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
    fn integers() {
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
