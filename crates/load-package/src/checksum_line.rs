//! Lines of `CHECKSUM JSON`: eight hexadecimal digits of a CRC-32, a space, JSON, a newline.

/// The number of bytes before the JSON.
pub(crate) const CHECKSUM_LENGTH: usize = 9;

/// Encodes a record as a line.
pub(crate) fn encode(json: &str) -> String {
    format!("{:08x} {json}\n", crc32fast::hash(json.as_bytes()))
}

/// Decodes the record of a line. Returns `None` if the line is torn or its checksum does not match.
pub(crate) fn decode(line: &[u8]) -> Option<&str> {
    let line = std::str::from_utf8(line.strip_suffix(b"\n")?).ok()?;
    let (checksum, json) = line.split_once(' ')?;
    (u32::from_str_radix(checksum, 16).ok()? == crc32fast::hash(json.as_bytes())).then_some(json)
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn changed_lines_are_rejected() {
        let line = encode(r#"{"a":1}"#);
        let check = |line: &str, expected: Option<&str>| assert_eq!(decode(line.as_bytes()), expected, "{line:?}");
        check(&line, Some(r#"{"a":1}"#));
        check(line.trim_end(), None);
        check(&line.replace('1', "2"), None);
        check(&line[1..], None);
        check("", None);
        check("zz {}\n", None);
    }
}
