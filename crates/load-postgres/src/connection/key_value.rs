//! Connection strings in the format `name=value name='value'` of libpq.

use super::OptionsError;
use super::parameters::{Parameters, is_known};

/// Parses parameters. Values are quoted with `'`; `\` escapes the next character.
pub(super) fn parse_key_value(text: &str) -> Result<Parameters, OptionsError> {
    let mut parameters = Parameters::default();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=').ok_or(OptionsError::ConnectionString)?;
        let name = name.trim_end();
        // An unknown name may be a part of a password with spaces: do not show it.
        if !is_known(name) {
            return Err(OptionsError::ConnectionString);
        }
        let (value, after) = value(after.trim_start())?;
        parameters.set(name, value)?;
        rest = after.trim_start();
    }
    Ok(parameters)
}

/// Splits the text after the first value.
fn value(text: &str) -> Result<(String, &str), OptionsError> {
    let (is_quoted, text) = text.strip_prefix('\'').map_or((false, text), |text| (true, text));
    let mut value = String::new();
    let mut characters = text.chars();
    loop {
        match characters.next() {
            Some('\\') => value.extend(characters.next()),
            Some('\'') if is_quoted => break,
            Some(character) if !is_quoted && character.is_ascii_whitespace() => break,
            Some(character) => value.push(character),
            None if is_quoted => return Err(OptionsError::ConnectionString),
            None => break,
        }
    }
    Ok((value, characters.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_parsed() {
        fn check(text: &str, expected: &[(&str, &str)]) {
            let mut parameters = Parameters::default();
            expected.iter().for_each(|(name, value)| parameters.set(name, *value).unwrap());
            assert_eq!(parse_key_value(text), Ok(parameters), "{text}");
        }
        check("", &[]);
        check("  host=h  port=5433 ", &[("host", "h"), ("port", "5433")]);
        check("host = h user= u", &[("host", "h"), ("user", "u")]);
        check("password='a b'", &[("password", "a b")]);
        check(r"password='it\'s \\ '", &[("password", r"it's \ ")]);
        check(r"password=a\ b\'c", &[("password", "a b'c")]);
        check("password='' user=u", &[("password", ""), ("user", "u")]);
        check("host=h1,h2 port=1,2", &[("host", "h1,h2"), ("port", "1,2")]);
        check("password=a=b://c", &[("password", "a=b://c")]);
    }

    #[test]
    fn invalid_strings_are_rejected_without_their_content() {
        fn check(text: &str) {
            assert_eq!(parse_key_value(text), Err(OptionsError::ConnectionString), "{text}");
        }
        check("hunter2");
        check("password='hunter2");
        check("password=my hunter2=x");
        check("host=h hunter2");
        check("=x");
    }
}
