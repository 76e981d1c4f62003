use std::borrow::Cow;

use catchment_json::{Node, NodeKind};

use super::python;

/// Converts numbers, and text with a number, if `precision` and `scale` have room for all digits. The result is in units of
/// the last decimal place.
pub(super) fn convert(value: Node<'_>, precision: u8, scale: u8) -> Option<i128> {
    let text = match value.kind() {
        NodeKind::Integer | NodeKind::Float => Cow::Borrowed(value.as_number()?),
        NodeKind::String => {
            let text = value.as_str()?;
            match python::int(&text) {
                Some(n) => Cow::Owned(n.to_string()),
                None => Cow::Owned(text.trim().to_owned()),
            }
        }
        _ => return None,
    };
    parse(&text, precision, scale)
}

/// Parses a number such as `-12.50` or `1.25e3`.
fn parse(text: &str, precision: u8, scale: u8) -> Option<i128> {
    let (negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = || whole.bytes().chain(fraction.bytes());
    if (whole.is_empty() && fraction.is_empty()) || !digits().all(|b| b.is_ascii_digit()) {
        return None;
    }
    // Skips trailing zeros, which do not change the value and may be many.
    let trailing = digits().rev().take_while(|b| *b == b'0').count();
    let significant = whole.len() + fraction.len() - trailing;
    let mut units: i128 = 0;
    for digit in digits().take(significant) {
        units = units.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
    }
    if units == 0 {
        return Some(0);
    }
    let places = i64::from(scale) + i64::from(exponent) + trailing as i64 - fraction.len() as i64;
    let shift = u32::try_from(places).ok()?;
    let units = units.checked_mul(10_i128.checked_pow(shift)?)?;
    let limit = 10_i128.checked_pow(u32::from(precision))?;
    (units < limit).then_some(if negative { -units } else { units })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn parses_only_numbers_that_fit_exactly() {
        let check = |text: &str, precision, scale, expected| assert_eq!(parse(text, precision, scale), expected, "{text}");
        check("12.5", 10, 2, Some(1250));
        check("-3.10", 10, 2, Some(-310));
        check("3.100000", 10, 2, Some(310));
        check("3.141", 10, 2, None);
        check("1.25e3", 10, 0, Some(1250));
        check("1250e-3", 10, 2, Some(125));
        check("1250E-4", 10, 2, None);
        check("0e999999", 10, 2, Some(0));
        check("1e999999", 38, 2, None);
        check("1e99999999999", 38, 2, None);
        check("99999999.99", 10, 2, Some(9_999_999_999));
        check("100000000", 10, 2, None);
        check("18446744073709551615", 38, 0, Some(18_446_744_073_709_551_615));
        check("99999999999999999999999999999999999999", 38, 0, Some(10_i128.pow(38) - 1));
        check("100000000000000000000000000000000000000", 38, 0, None);
        check("+.5", 4, 1, Some(5));
        check("5.", 4, 1, Some(50));
        for text in ["", "-", ".", "e5", "1e", "x", "1x", "NaN", "Infinity", "1.2.3"] {
            check(text, 38, 9, None);
        }
    }
}
