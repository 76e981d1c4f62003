//! The syntax of JSON numbers.

/// Returns true if the text is a JSON number, such as `-0.50` or `1e3`, but not `05`, `+5`, `.5` or `NaN`.
pub(super) fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (integer, fraction) = match mantissa.split_once('.') {
        Some((integer, fraction)) => (integer, Some(fraction)),
        None => (mantissa, None),
    };
    let exponent = exponent.map(|exponent| exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
    let has_leading_zero = integer.len() > 1 && integer.starts_with('0');
    are_digits(integer) && !has_leading_zero && fraction.is_none_or(are_digits) && exponent.is_none_or(are_digits)
}

/// Returns true if the text is the canonical form of an integer. `-0` is not, because it equals 0.
pub(super) fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    text == "0" || (are_digits(digits) && !digits.starts_with('0'))
}

/// Returns true if the text is a hexadecimal quantity of Ethereum: `0x1f`, without leading zeros.
pub(super) fn is_hex_quantity(text: &str) -> bool {
    let Some(digits) = text.strip_prefix("0x") else { return false };
    let is_digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    !digits.is_empty() && digits.bytes().all(is_digit) && (digits == "0" || !digits.starts_with('0'))
}

/// Returns true if a JSON number is zero, with either sign.
pub(super) fn is_zero(number: &str) -> bool {
    let mantissa = number.split(['e', 'E']).next().unwrap_or(number);
    mantissa.bytes().all(|b| !b.is_ascii_digit() || b == b'0')
}

/// Returns true if two JSON numbers have the same value. Numbers with an exponent of more than 32 bits never do.
pub(super) fn are_equal(a: &str, b: &str) -> bool {
    let (a, b) = (Digits::of(a), Digits::of(b));
    a.is_some() && a == b
}

/// A number as its digits, without leading and trailing zeros, and the power of ten of the last digit.
#[derive(PartialEq, Eq)]
struct Digits {
    is_negative: bool,
    digits: String,
    exponent: i64,
}

impl Digits {
    fn of(number: &str) -> Option<Digits> {
        let (is_negative, unsigned) = number.strip_prefix('-').map_or((false, number), |rest| (true, rest));
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{integer}{fraction}");
        let trimmed = all.trim_end_matches('0');
        if trimmed.is_empty() {
            return Some(Digits { is_negative, digits: String::new(), exponent: 0 });
        }
        let shift = (all.len() - trimmed.len()) as i64 - fraction.len() as i64;
        let exponent = i64::from(exponent.parse::<i32>().ok()?) + shift;
        Some(Digits { is_negative, digits: trimmed.trim_start_matches('0').to_owned(), exponent })
    }
}

fn are_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{are_equal, is_hex_quantity, is_integer, is_number};

    #[test]
    fn json_numbers() {
        for text in ["0", "-0", "5", "-12.50", "0.1", "1e3", "1E-3", "1.5e+10"] {
            assert!(is_number(text), "{text}");
        }
        for text in ["", "-", "05", "+5", ".5", "5.", "1e", "1_0", " 1", "1 ", "0x1", "NaN", "inf", "Infinity", "--1", "1e1.5"] {
            assert!(!is_number(text), "{text}");
        }
    }

    #[test]
    fn integers() {
        for text in ["0", "5", "-5", "100"] {
            assert!(is_integer(text), "{text}");
        }
        for text in ["", "-0", "05", "00", "+5", "-", "1.0", "0x5", "5_0", " 5", "٣"] {
            assert!(!is_integer(text), "{text}");
        }
    }

    #[test]
    fn hex_quantities() {
        let check = |text, expected| assert_eq!(is_hex_quantity(text), expected, "{text}");
        check("0x1f", true);
        check("0x0", true);
        check("0x01", false);
        check("0x", false);
        check("0X1f", false);
        check("0x1F", false);
        check("1f", false);
    }

    #[test]
    fn equal_numbers() {
        let check = |a, b, expected| assert_eq!(are_equal(a, b), expected, "{a} {b}");
        check("1.50", "1.5", true);
        check("1e22", "1e+22", true);
        check("150", "1.5e2", true);
        check("0.001", "1e-3", true);
        check("0", "0.000", true);
        check("0", "-0", false);
        check("0.1", "0.10000000000000000001", false);
        check("1", "10", false);
        check("1e99999999999", "1e99999999999", false);
    }
}
