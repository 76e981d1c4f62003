//! Redacted output to stdout and stderr.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{ErrorKind, Result, Write, stderr, stdout};

use catchment::rest_client::Value;
use catchment_settings::Redactor;
use tracing_subscriber::fmt::MakeWriter;

/// Maximum bytes of an error or log message. Longer ones contain text from a server or a spec, and are truncated.
const MAX_MESSAGE_BYTES: usize = 64 << 10;

/// The only output of the command. Replaces all secrets known so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Output {
    redactor: Redactor,
}

impl Output {
    /// Returns the redactor, to register secrets.
    pub(crate) fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// Writes a line to stdout. A closed pipe, as with `| head`, is not an error: the work is done.
    pub(crate) fn line(&self, text: impl Display) -> Result<()> {
        write_line(&self.redactor.redact_internal(&text.to_string()))
    }

    /// Writes JSON as a line to stdout. Redacts within string values, so the output stays valid JSON.
    pub(crate) fn json(&self, json: &str) -> Result<()> {
        match self.redactor.redact_internal(json) {
            Cow::Borrowed(json) => write_line(json),
            Cow::Owned(redacted) => match Value::parse(json) {
                Ok(mut value) => {
                    self.redact(&mut value);
                    write_line(&value.to_string())
                }
                Err(_) => write_line(&redacted),
            },
        }
    }

    /// Writes a line to stderr, ignoring errors.
    pub(crate) fn error_line(&self, text: impl Display) {
        let _ = self.make_writer().write_all(format!("{text}\n").as_bytes());
    }

    fn redact(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.redactor.redact_internal(text).into_owned(),
            Value::Array(elements) => elements.iter_mut().for_each(|element| self.redact(element)),
            Value::Object(entries) => entries.values_mut().for_each(|value| self.redact(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

fn write_line(text: &str) -> Result<()> {
    match writeln!(stdout(), "{text}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// A redacting writer to stderr. Each call of `write` must contain a whole message, as `tracing` does.
pub(crate) struct RedactingWriter<'o>(&'o Redactor);

impl Write for RedactingWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let start = bytes.get(..MAX_MESSAGE_BYTES).unwrap_or(bytes);
        let mut text = String::from_utf8_lossy(start).into_owned();
        if start.len() < bytes.len() {
            text.push_str("…\n");
        }
        stderr().write_all(self.0.redact_internal(&text).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        stderr().flush()
    }
}

impl<'o> MakeWriter<'o> for Output {
    type Writer = RedactingWriter<'o>;

    fn make_writer(&'o self) -> RedactingWriter<'o> {
        RedactingWriter(&self.redactor)
    }
}
