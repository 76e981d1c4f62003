//! Masks of values with secret names.

use aws_lc_rs::digest::{SHA256, digest};
use catchment_settings::Redactor;

use super::super::MASK;
use super::field_rule::FieldRule;

/// Returns the mask of a value that `rule` masks by its name.
///
/// A value in a request that is not a known secret is usually data, such as `EUR` in `code=EUR`. Its mask has a checksum of
/// four hexadecimal digits, `***-3f2a`, so that requests with other values remain different. It is too short to find a
/// secret by trying values.
pub(super) fn masked_value(value: &str, rule: FieldRule, redactor: &Redactor) -> String {
    // a value of a recording may already be masked
    if rule != FieldRule::Request || value.contains(MASK) || redactor.contains_secret(value) {
        return if is_checksum(value) { value.to_owned() } else { MASK.to_owned() };
    }
    let checksum = digest(&SHA256, value.as_bytes());
    let digits: String = checksum.as_ref().iter().take(2).map(|byte| format!("{byte:02x}")).collect();
    format!("{MASK}-{digits}")
}

/// Returns whether a value is a mask with a checksum.
fn is_checksum(value: &str) -> bool {
    let digits = value.strip_prefix(MASK).and_then(|rest| rest.strip_prefix('-'));
    digits.is_some_and(|digits| digits.len() == 4 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rule: FieldRule, value: &str, expected: &str) {
        assert_eq!(masked_value(value, rule, &Redactor::from_iter(["s3cret".into()])), expected);
    }

    #[test]
    fn unknown_values_of_requests_have_a_checksum() {
        check(FieldRule::Request, "EUR", "***-57d4");
        check(FieldRule::Request, "USD", "***-a26c");
        check(FieldRule::Request, "s3cret", "***");
        check(FieldRule::Request, "***", "***");
        check(FieldRule::Request, "a***", "***");
        check(FieldRule::Request, "***-57d4", "***-57d4");
        check(FieldRule::Response, "EUR", "***");
        check(FieldRule::CredentialRequest, "EUR", "***");
    }
}
