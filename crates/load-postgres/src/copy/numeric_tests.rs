use std::sync::Arc;

use arrow::array::{Array as _, Decimal128Array, Decimal256Array, Int16Array, Int64Array};
use proptest::prelude::*;

use super::super::PgType;
use super::super::column_writer::encode_all;
use super::*;

fn decimal128(value: i128, scale: i8) -> ArrayRef {
    let array = Decimal128Array::from(vec![value]);
    // `with_precision_and_scale` would reject some of the scales.
    Arc::new(Decimal128Array::from(array.into_data().into_builder().data_type(DataType::Decimal128(38, scale)).build().unwrap()))
}

fn decimal256(value: i256, scale: i8) -> ArrayRef {
    let array = Decimal256Array::from(vec![value]);
    Arc::new(Decimal256Array::from(array.into_data().into_builder().data_type(DataType::Decimal256(76, scale)).build().unwrap()))
}

fn encode(array: ArrayRef) -> Vec<u8> {
    encode_all(array, PgType::Numeric).unwrap().unwrap()
}

/// Renders the bytes of a numeric as PostgreSQL shows it, digit by digit.
fn decode(bytes: &[u8]) -> String {
    let words: Vec<i16> = bytes[4..].chunks(2).map(|word| i16::from_be_bytes([word[0], word[1]])).collect();
    let [count, weight, sign, scale] = words[..4] else { panic!("too short") };
    assert_eq!(i32::from_be_bytes(bytes[..4].try_into().unwrap()) as usize, bytes.len() - 4);
    assert_eq!(count as usize, words.len() - 4);
    let digit = |exponent: i16| {
        let at = i32::from(weight) - i32::from(exponent);
        usize::try_from(at).ok().and_then(|at| words[4..].get(at)).copied().unwrap_or(0)
    };
    let whole: String = (0..=weight.max(0)).rev().map(|exponent| format!("{:04}", digit(exponent))).collect();
    let fraction: String = (1..=scale / 4 + 1).map(|exponent| format!("{:04}", digit(-exponent))).collect();
    assert!(fraction[scale as usize..].bytes().all(|byte| byte == b'0'), "{fraction}");
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if scale == 0 { "" } else { "." };
    let sign = if sign == 0 { "" } else { "-" };
    format!("{sign}{whole}{point}{}", &fraction[..scale as usize])
}

/// Renders digits with a scale.
fn naive(value: &str, scale: i8) -> String {
    let (sign, digits) = value.strip_prefix('-').map_or(("", value), |digits| ("-", digits));
    let zeros = |count: i16| "0".repeat(count.max(0) as usize);
    let scale = i16::from(scale);
    if scale <= 0 {
        let zeros = if digits == "0" { String::new() } else { zeros(-scale) };
        return format!("{sign}{digits}{zeros}");
    }
    let digits = format!("{}{digits}", zeros(scale + 1));
    let (whole, fraction) = digits.split_at(digits.len() - scale as usize);
    let whole = whole.trim_start_matches('0');
    format!("{sign}{}.{fraction}", if whole.is_empty() { "0" } else { whole })
}

#[test]
fn numerics_have_the_format_of_postgresql() {
    fn check(value: i128, scale: i8, expected: &[u16]) {
        let bytes: Vec<u8> = expected.iter().flat_map(|word| word.to_be_bytes()).collect();
        assert_eq!(encode(decimal128(value, scale))[4..], bytes, "{value} {scale}");
    }
    // count, weight, sign, scale, digits
    check(0, 0, &[0, 0, 0, 0]);
    check(0, 9, &[0, 0, 0, 9]);
    check(1, 0, &[1, 0, 0, 0, 1]);
    check(-1, 0, &[1, 0, 0x4000, 0, 1]);
    check(10_000, 0, &[1, 1, 0, 0, 1]);
    check(12_345, 0, &[2, 1, 0, 0, 1, 2345]);
    check(12_345, 2, &[2, 0, 0, 2, 123, 4500]);
    check(1, 1, &[1, 0xffff, 0, 1, 1000]);
    check(1, 5, &[1, 0xfffe, 0, 5, 1000]);
    check(1_000_000_000, 9, &[1, 0, 0, 9, 1]);
    check(12, -3, &[2, 1, 0, 0, 1, 2000]);
    check(5, -8, &[1, 2, 0, 0, 5]);
}

#[test]
fn numerics_are_exact() {
    fn check(array: ArrayRef, expected: &str) {
        assert_eq!(decode(&encode(array)), expected);
    }
    let max = i128::MAX;
    check(decimal128(max, 0), "170141183460469231731687303715884105727");
    check(decimal128(i128::MIN, 38), "-1.70141183460469231731687303715884105728");
    check(decimal128(max, 37), "17.0141183460469231731687303715884105727");
    check(decimal128(1, 127), &format!("0.{}1", "0".repeat(126)));
    check(decimal128(7, -128), &format!("7{}", "0".repeat(128)));
    check(decimal256(i256::MAX, 0), &i256::MAX.to_string());
    check(decimal256(i256::MIN, 0), &i256::MIN.to_string());
    check(decimal256(i256::MIN, 75), &naive(&i256::MIN.to_string(), 75));
    check(decimal256(i256::from_i128(-5), 1), "-0.5");
    check(Arc::new(Int64Array::from(vec![i64::MIN])), "-9223372036854775808");
    check(Arc::new(Int16Array::from(vec![-300])), "-300");
}

#[test]
fn nulls() {
    let array: ArrayRef = Arc::new(Decimal128Array::from(vec![None, Some(0)]));
    let encoded = encode(array);
    assert_eq!(&encoded[..4], [255; 4]);
    assert_eq!(encoded.len(), 4 + 12);
}

proptest! {
    #[test]
    fn decimals_decode_to_the_same_number(value: i128, bits in 0_u32..128, scale: i8) {
        let value = value >> bits;
        prop_assert_eq!(decode(&encode(decimal128(value, scale))), naive(&value.to_string(), scale));
    }

    #[test]
    fn wide_decimals_decode_to_the_same_number(low: u128, high: i128, bits in 0_u8..255, scale in -80_i8..80) {
        let value = i256::from_parts(low, high) >> bits;
        prop_assert_eq!(decode(&encode(decimal256(value, scale))), naive(&value.to_string(), scale));
    }

    #[test]
    fn integers_decode_to_the_same_number(value: i64) {
        prop_assert_eq!(decode(&encode(Arc::new(Int64Array::from(vec![value])))), value.to_string());
    }
}
