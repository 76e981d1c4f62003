//! Decoding of bodies that are not UTF-8.

use encoding_rs::{Encoding, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, X_USER_DEFINED};
use reqwest::header::{CONTENT_TYPE, HeaderMap};

use crate::error_kind::ErrorKind;

/// Maximum number of characters of a charset name in an error.
const MAX_SHOWN: usize = 40;

/// Decodes a body to UTF-8, or returns `None` if it needs no decoding.
///
/// A byte order mark of UTF-16 takes precedence over the charset in `Content-Type`. Without either, and with UTF-8 or
/// ASCII, the body is not examined: the JSON parser reports invalid UTF-8.
///
/// # Errors
///
/// Returns an error if the charset is not supported or the body is invalid in it, unless the body is valid UTF-8, or if the
/// decoded body is larger than `limit` bytes.
pub(crate) fn decode(headers: &HeaderMap, body: &[u8], limit: usize) -> Result<Option<Vec<u8>>, ErrorKind> {
    let (encoding, text, label) = match (Encoding::for_bom(body), charset(headers)) {
        (Some((encoding, _)), _) if encoding == UTF_8 => return Ok(None),
        (Some((encoding, mark)), _) => (Some(encoding), body.get(mark..).unwrap_or_default(), encoding.name().to_owned()),
        (None, Some(label)) if !is_utf8_or_ascii(&label) && !body.is_empty() => (encoding(&label, body), body, label),
        (None, _) => return Ok(None),
    };
    let shown = || label.chars().take(MAX_SHOWN).collect();
    let Some(encoding) = encoding else {
        return if is_utf8(body) { Ok(None) } else { Err(ErrorKind::UnknownCharset { charset: shown() }) };
    };
    let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(text) else {
        return if is_utf8(body) { Ok(None) } else { Err(ErrorKind::InvalidCharset { charset: shown() }) };
    };
    match text.len() {
        length if length > limit => Err(ErrorKind::ResponseTooLarge { limit }),
        _ => Ok(Some(text.into_owned().into_bytes())),
    }
}

/// Returns the encoding of a label, or `None` if it is not supported.
fn encoding(label: &str, body: &[u8]) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label(label.as_bytes())?;
    match encoding {
        // placeholders of the encoding standard for charsets that browsers do not decode
        encoding if encoding == REPLACEMENT || encoding == X_USER_DEFINED => None,
        // no byte order mark: JSON begins with an ASCII character, so a leading zero byte means big-endian
        encoding if encoding == UTF_16LE && label.eq_ignore_ascii_case("utf-16") && body.first() == Some(&0) => Some(UTF_16BE),
        encoding => Some(encoding),
    }
}

fn is_utf8(body: &[u8]) -> bool {
    std::str::from_utf8(body).is_ok()
}

fn is_utf8_or_ascii(label: &str) -> bool {
    ["utf-8", "utf8", "us-ascii", "ascii"].iter().any(|name| label.eq_ignore_ascii_case(name))
}

/// Returns the charset parameter of `Content-Type`, without quotes.
fn charset(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let mut params = value.split(';').skip(1).filter_map(|param| param.split_once('='));
    let (_, label) = params.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?;
    Some(label.trim().trim_matches(['"', '\'']).trim().to_owned()).filter(|label| !label.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{CONTENT_TYPE, HeaderMap, decode};
    use reqwest::header::HeaderValue;

    /// Checks the decoded body, `unchanged`, or the error, with a limit of 20 bytes.
    #[track_caller]
    fn check(content_type: &str, body: &[u8], expected: &str) {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_str(content_type).unwrap())]);
        let found = match decode(&headers, body, 20) {
            Ok(Some(body)) => String::from_utf8(body).unwrap(),
            Ok(None) => "unchanged".to_owned(),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected, "{content_type} {body:?}");
    }

    #[test]
    fn utf8_is_not_decoded() {
        for content_type in ["application/json", "text/plain; charset=utf-8", "a/b;charset=\"UTF8\"", "a/b; charset=us-ascii"] {
            check(content_type, "é".as_bytes(), "unchanged");
            check(content_type, b"\xe9", "unchanged");
        }
        check("application/json; charset=", b"\xe9", "unchanged");
        check("application/json", b"\xef\xbb\xbf[]", "unchanged");
        check("application/json; charset=iso-8859-1", b"\xef\xbb\xbf[]", "unchanged");
        check("application/json; charset=iso-8859-1", b"", "unchanged");
    }

    #[test]
    fn charsets() {
        for label in ["iso-8859-1", "ISO-8859-1", "latin1", "\"iso-8859-1\"", "windows-1252 "] {
            check(&format!("application/json; charset={label}"), b"\"Z\xfc\"", "\"Zü\"");
        }
        check("application/json;version=1;Charset=iso-8859-1", b"\xe9", "é");
        check("application/json; charset = iso-8859-1", b"\xe9", "é");
        check("text/html; charset=windows-1252", b"\x80", "€");
        check("text/html; charset=iso-8859-2", b"\xb1", "ą");
        check("text/html; charset=shift_jis", b"\x83e\x83X", "テス");
        check("text/html; charset=gbk", b"\xd6\xd0", "中");
    }

    #[test]
    fn utf16() {
        check("application/json", b"\xff\xfe[\0]\0", "[]");
        check("application/json", b"\xfe\xff\0[\0]", "[]");
        check("application/json; charset=utf-8", b"\xff\xfe[\0]\0", "[]");
        check("application/json; charset=utf-16", b"\xff\xfe[\0]\0", "[]");
        check("application/json; charset=utf-16", b"[\0]\0", "[]");
        check("application/json; charset=utf-16", b"\0[\0]", "[]");
        check("application/json; charset=utf-16le", b"[\0]\0", "[]");
        check("application/json; charset=utf-16be", b"\0[\0]", "[]");
        let cut = "Content-Type or a byte order mark declares the charset `UTF-16LE`, but the body is not valid in it";
        check("application/json", b"\xff\xfe[\0]", cut);
    }

    #[test]
    fn unsupported_charsets() {
        let unknown = "the charset `x-mars` in Content-Type is not supported, and the body is not UTF-8";
        check("a/b; charset=x-mars", b"\xe9", unknown);
        check("a/b; charset=x-mars", "é".as_bytes(), "unchanged");
        check("a/b; charset=iso-2022-kr", b"\xe9", &unknown.replace("x-mars", "iso-2022-kr"));
        check("a/b; charset=euc-jp", "ß".as_bytes(), "unchanged");
    }

    #[test]
    fn the_limit_applies_to_the_decoded_body() {
        check("a/b; charset=iso-8859-1", &[0xe9; 10], &"é".repeat(10));
        check("a/b; charset=iso-8859-1", &[0xe9; 11], "the response needs more than 20 bytes of memory, the limit of the client");
    }
}
