//! Formats of placeholders: `{resources.users.id:05d}`, `{resources.users.name!r}`, as in Python's format specification
//! mini-language, and `{resources.files.id:urlencode}`, as in Jinja's filter.

use catchment_json::Value;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::plain_text;

/// A conversion and a format, as in Python.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FormatSpec {
    is_repr: bool,
    fill: char,
    /// `<`, `>`, `^` or `=`.
    align: Option<char>,
    /// `+` or a space: the prefix of nonnegative numbers.
    sign: Option<char>,
    width: usize,
    /// The separator between groups of three digits.
    grouping: Option<char>,
    precision: Option<usize>,
    kind: Option<char>,
    is_urlencoded: bool,
}

/// The name of the format that percent-encodes all reserved characters.
const URLENCODE: &str = "urlencode";

/// All characters except the unreserved ones of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The maximum width and precision.
const MAX_CHARS: usize = 1000;

impl FormatSpec {
    /// Splits a placeholder into its name and its format.
    ///
    /// # Errors
    ///
    /// Returns a message if the format is invalid or not supported.
    pub(super) fn split(written: &str) -> Result<(&str, Option<FormatSpec>), String> {
        let mut depth = 0_usize;
        let at = written.find(|c| {
            match c {
                '[' => depth += 1,
                ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && matches!(c, '!' | ':')
        });
        let Some((name, format)) = at.map(|at| written.split_at(at)) else { return Ok((written, None)) };
        let format = FormatSpec::parse(format).ok_or_else(|| {
            format!(
                "unknown format {format:?} in placeholder {{{written}}}; use !r, !s, :urlencode or a format such as :05d, :.2f \
                 or :>10, or write {{{{ and }}}} for literal braces"
            )
        })?;
        Ok((name, Some(format)))
    }

    /// Parses a conversion and a format such as `!r:>10`.
    fn parse(text: &str) -> Option<FormatSpec> {
        let (conversion, rest) = match text.strip_prefix('!') {
            Some(rest) => rest.split_once(':').unwrap_or((rest, "")),
            None => ("s", text.strip_prefix(':')?),
        };
        let is_repr = match conversion {
            "r" => true,
            "s" => false,
            _ => return None,
        };
        let mut spec = FormatSpec {
            is_repr,
            fill: ' ',
            align: None,
            sign: None,
            width: 0,
            grouping: None,
            precision: None,
            kind: None,
            is_urlencoded: rest == URLENCODE,
        };
        if spec.is_urlencoded {
            return Some(spec);
        }
        let mut chars = rest.chars().peekable();
        let is_align = |c: char| matches!(c, '<' | '>' | '^' | '=');
        let mut ahead = rest.chars();
        match (ahead.next(), ahead.next()) {
            (Some(fill), Some(align)) if is_align(align) => {
                (spec.fill, spec.align) = (fill, Some(align));
                chars.nth(1);
            }
            (Some(align), _) if is_align(align) => {
                spec.align = Some(align);
                chars.next();
            }
            _ => {}
        }
        spec.sign = chars.next_if(|c| matches!(c, '+' | ' ' | '-')).filter(|sign| *sign != '-');
        if chars.next_if_eq(&'0').is_some() && spec.align.is_none() {
            (spec.fill, spec.align) = ('0', Some('='));
        }
        let mut number = || {
            let digits: String = std::iter::from_fn(|| chars.next_if(char::is_ascii_digit)).collect();
            digits.parse::<usize>().ok().filter(|number| *number <= MAX_CHARS)
        };
        spec.width = number().unwrap_or(0);
        spec.grouping = chars.next_if(|c| matches!(c, ',' | '_'));
        if chars.next_if_eq(&'.').is_some() {
            let digits: String = std::iter::from_fn(|| chars.next_if(char::is_ascii_digit)).collect();
            spec.precision = Some(digits.parse().ok().filter(|number| *number <= MAX_CHARS)?);
        }
        spec.kind = chars.next();
        let is_known = spec.kind.is_none_or(|kind| matches!(kind, 's' | 'd' | 'f' | 'F' | 'x' | 'X' | 'o' | 'b' | '%'));
        (is_known && chars.next().is_none()).then_some(spec)
    }

    /// Returns whether the output is percent-encoded.
    pub(crate) fn is_urlencoded(&self) -> bool {
        self.is_urlencoded
    }

    /// Formats a value.
    ///
    /// # Errors
    ///
    /// Returns a message if the format does not apply to the type of the value.
    pub(crate) fn apply(&self, value: &Value) -> Result<String, String> {
        let text = if self.is_repr { repr(value) } else { plain_text(value) };
        if self.is_urlencoded {
            return Ok(utf8_percent_encode(&text, RESERVED).to_string());
        }
        let is_number = matches!(value, Value::Number(_)) && !self.is_repr;
        match self.kind {
            None if is_number && self.precision.is_none() => Ok(self.number(&text)),
            None | Some('s') if !is_number => {
                let cut = self.precision.map_or_else(|| text.clone(), |precision| text.chars().take(precision).collect());
                Ok(self.pad(&cut, "", '<'))
            }
            Some(kind) if is_number => self.of_kind(kind, &text).map(|text| self.number(&text)).ok_or_else(|| self.misfit(value)),
            _ => Err(self.misfit(value)),
        }
    }

    fn misfit(&self, value: &Value) -> String {
        let kind = self.kind.map_or_else(|| "a precision but no type".to_owned(), |kind| format!("type `{kind}`"));
        format!("placeholder format with {kind} does not apply to {}; use another format", value.type_name())
    }

    /// Formats a number by its type, such as `d` or `x`.
    fn of_kind(&self, kind: char, text: &str) -> Option<String> {
        let integer = || text.parse::<i128>().ok();
        let digits = |n: i128, digits: String| if n < 0 { format!("-{digits}") } else { digits };
        Some(match kind {
            'd' => integer()?.to_string(),
            'x' => digits(integer()?, format!("{:x}", integer()?.unsigned_abs())),
            'X' => digits(integer()?, format!("{:X}", integer()?.unsigned_abs())),
            'o' => digits(integer()?, format!("{:o}", integer()?.unsigned_abs())),
            'b' => digits(integer()?, format!("{:b}", integer()?.unsigned_abs())),
            'f' | 'F' => format!("{:.*}", self.precision.unwrap_or(6), text.parse::<f64>().ok()?),
            '%' => format!("{:.*}%", self.precision.unwrap_or(6), text.parse::<f64>().ok()? * 100.0),
            _ => return None,
        })
    }

    /// Adds the sign, the grouping and the padding to a number.
    fn number(&self, text: &str) -> String {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => ("-".to_owned(), digits),
            None => (self.sign.map(String::from).unwrap_or_default(), text),
        };
        let digits = match self.grouping {
            Some(separator) => grouped(digits, separator),
            None => digits.to_owned(),
        };
        self.pad(&digits, &sign, '>')
    }

    fn pad(&self, text: &str, sign: &str, default: char) -> String {
        let missing = self.width.saturating_sub(text.chars().count() + sign.chars().count());
        let fill = |count: usize| self.fill.to_string().repeat(count);
        match self.align.unwrap_or(default) {
            '=' => format!("{sign}{}{text}", fill(missing)),
            '<' => format!("{sign}{text}{}", fill(missing)),
            '^' => format!("{}{sign}{text}{}", fill(missing / 2), fill(missing - missing / 2)),
            _ => format!("{}{sign}{text}", fill(missing)),
        }
    }
}

/// Groups the digits before the decimal point by three.
fn grouped(digits: &str, separator: char) -> String {
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let (whole, rest) = digits.split_at(end);
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    grouped + rest
}

/// Returns a value in the notation of Python's `repr`.
fn repr(value: &Value) -> String {
    match value {
        Value::String(text) if text.contains('\'') && !text.contains('"') => format!("\"{text}\""),
        Value::String(text) => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
        Value::Null => "None".to_owned(),
        other => plain_text(other),
    }
}

#[cfg(test)]
mod tests {
    use catchment_json::Value;

    use super::FormatSpec;

    #[track_caller]
    fn check(format: &str, value: &str, expected: &str) {
        let value = Value::parse(value).unwrap();
        let found = FormatSpec::split(&format!("x{format}")).and_then(|(_, spec)| spec.unwrap().apply(&value));
        assert_eq!(found.unwrap_or_else(|problem| problem), expected, "{format} of {value}");
    }

    /// The expected texts are those of Python 3.
    #[test]
    fn values_are_formatted_as_in_python() {
        check(":05d", "42", "00042");
        check(":05d", "-42", "-0042");
        check(":+d", "7", "+7");
        check(":,", "1234567", "1,234,567");
        check(":_d", "1234567", "1_234_567");
        check(":x", "255", "ff");
        check(":X", "-255", "-FF");
        check(":b", "5", "101");
        check(":.2f", "3.14159", "3.14");
        check(":08.2f", "-3.14159", "-0003.14");
        check(":,.1f", "12345.678", "12,345.7");
        check(":.1%", "0.256", "25.6%");
        check(":>6", r#""abc""#, "   abc");
        check(":*^7", r#""abc""#, "**abc**");
        check(":<5", "42", "42   ");
        check(":5", "42", "   42");
        check(":5", r#""ab""#, "ab   ");
        check(":.2", r#""abcdef""#, "ab");
        check(":.2s", r#""abcdef""#, "ab");
        check("!r", r#""it's""#, "\"it's\"");
        check("!r", r#""a""#, "'a'");
        check("!r:>5", r#""a""#, "  'a'");
        check("!s", "7", "7");
        check(":urlencode", r#""a/b c?é~-._""#, "a%2Fb%20c%3F%C3%A9~-._");
        check(":urlencode", "7", "7");
        check("!r:urlencode", r#""a""#, "%27a%27");
    }

    #[test]
    fn invalid_formats_are_reported() {
        check(":d", r#""x""#, "placeholder format with type `d` does not apply to a string; use another format");
        check(":d", "1.5", "placeholder format with type `d` does not apply to a number; use another format");
        let unknown = |format: &str| {
            format!(
                "unknown format {format:?} in placeholder {{x{format}}}; use !r, !s, :urlencode or a format such as :05d, :.2f \
                 or :>10, or write {{{{ and }}}} for literal braces"
            )
        };
        check(":g", "1", &unknown(":g"));
        check(":%Y", "1", &unknown(":%Y"));
        check("!q", "1", &unknown("!q"));
        check(":.99999d", "1", &unknown(":.99999d"));
    }

    #[test]
    fn paths_may_have_colons_in_brackets() {
        assert_eq!(FormatSpec::split("resources.a.b[0:1].c").unwrap(), ("resources.a.b[0:1].c", None));
        assert_eq!(FormatSpec::split("resources.a.b[0:1]:d").unwrap().0, "resources.a.b[0:1]");
    }
}
