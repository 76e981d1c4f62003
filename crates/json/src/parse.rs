//! Parses text to a tape, in one pass and without recursion.

use crate::document::Document;
use crate::error::{ParseError, ParseErrorKind};
use crate::scan;
use crate::tape::{Entry, Tag};

/// Limits of a document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Maximum nesting depth of containers.
    pub(crate) depth: usize,
    /// Maximum memory in bytes: the text, and [`Document::VALUE_BYTES`] per tape entry.
    pub(crate) bytes: usize,
}

/// Parses `text`, one JSON value with optional surrounding white space, and returns its tape. `NaN` and the infinities are
/// accepted as numbers.
pub(crate) fn parse(text: &str, limits: Limits) -> Result<Vec<Entry>, ParseError> {
    let bytes = text.as_bytes();
    if bytes.len() >= u32::MAX as usize {
        return Err(ParseError::at(&[], 0, ParseErrorKind::TooLong { bytes: bytes.len() }));
    }
    // a text within the limit may always hold one value
    let max_entries = (limits.bytes.saturating_sub(bytes.len()) / Document::VALUE_BYTES).max(1);
    // Typical JSON of an API has one entry per dozen bytes.
    let tape = Vec::with_capacity(max_entries.min(bytes.len() / 12) + 1);
    let mut parser = Parser { bytes, at: 0, tape, open: Vec::new(), limits, max_entries };
    if bytes.starts_with(b"\xef\xbb\xbf") {
        parser.at = 3;
    }
    parser.document()?;
    Ok(parser.tape)
}

struct Parser<'t> {
    bytes: &'t [u8],
    at: usize,
    tape: Vec<Entry>,
    /// Tape indexes of the containers that are still open.
    open: Vec<u32>,
    limits: Limits,
    max_entries: usize,
}

/// The continuation after a value.
enum Next {
    Value,
    End,
}

impl Parser<'_> {
    fn document(&mut self) -> Result<(), ParseError> {
        loop {
            let opened = self.value()?;
            if self.tape.len() > self.max_entries {
                return Err(self.error(ParseErrorKind::TooLarge { limit: self.limits.bytes }));
            }
            if opened {
                continue;
            }
            match self.after_value()? {
                Next::Value => continue,
                Next::End => return Ok(()),
            }
        }
    }

    /// Parses a scalar or opens a container. Returns true if the first value of a container follows.
    fn value(&mut self) -> Result<bool, ParseError> {
        self.skip_space();
        match self.peek() {
            Some(b'"') => self.text()?,
            Some(b'{') => return self.open(Tag::Object, b'}'),
            Some(b'[') => return self.open(Tag::Array, b']'),
            Some(b'0'..=b'9') => self.number()?,
            Some(b'-' | b'N' | b'I') if self.at_non_finite() => {}
            Some(b'-') => self.number()?,
            Some(b't') => self.word("true", Tag::True)?,
            Some(b'f') => self.word("false", Tag::False)?,
            Some(b'n') => self.word("null", Tag::Null)?,
            _ => return Err(self.unexpected("a value")),
        }
        Ok(false)
    }

    fn open(&mut self, tag: Tag, closer: u8) -> Result<bool, ParseError> {
        if self.open.len() >= self.limits.depth {
            return Err(self.error(ParseErrorKind::TooDeep { limit: Document::MAX_DEPTH }));
        }
        self.open.push(self.tape.len() as u32);
        self.push(tag, self.at, 0);
        self.at += 1;
        self.skip_space();
        if self.peek() == Some(closer) {
            self.close();
            return Ok(false);
        }
        if tag == Tag::Object {
            self.key("a key or `}`")?;
        }
        Ok(true)
    }

    fn close(&mut self) {
        self.at += 1;
        let end = self.tape.len() as u32;
        if let Some(entry) = self.open.pop().and_then(|at| self.tape.get_mut(at as usize)) {
            entry.end = end;
        }
    }

    /// Parses commas and closing brackets up to the next value.
    fn after_value(&mut self) -> Result<Next, ParseError> {
        loop {
            self.skip_space();
            let container = self.open.last().and_then(|at| self.tape.get(*at as usize)).map(|entry| entry.tag);
            match (container, self.peek()) {
                (None, None) => return Ok(Next::End),
                (None, Some(_)) => return Err(self.unexpected("the end of the text")),
                (Some(Tag::Object), Some(b',')) => {
                    self.at += 1;
                    self.skip_space();
                    self.key("a key")?;
                    return Ok(Next::Value);
                }
                (Some(_), Some(b',')) => {
                    self.at += 1;
                    return Ok(Next::Value);
                }
                (Some(Tag::Object), Some(b'}')) | (Some(Tag::Array), Some(b']')) => self.close(),
                (Some(Tag::Object), _) => return Err(self.unexpected("`,` or `}`")),
                (Some(_), _) => return Err(self.unexpected("`,` or `]`")),
            }
        }
    }

    fn key(&mut self, expected: &'static str) -> Result<(), ParseError> {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected(expected));
        }
        self.text()?;
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err(self.unexpected("`:`"));
        }
        self.at += 1;
        Ok(())
    }

    fn text(&mut self) -> Result<(), ParseError> {
        let start = self.at + 1;
        self.at = start;
        let mut tag = Tag::Text;
        loop {
            let Some(found) = scan::find_special(self.bytes, self.at) else {
                self.at = self.bytes.len();
                return Err(self.unexpected("the closing `\"` of a string"));
            };
            self.at = found;
            match self.peek() {
                Some(b'"') => {
                    self.push(tag, start, found);
                    self.at = found + 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    tag = Tag::EscapedText;
                    self.at += 1;
                    self.escape()?;
                }
                _ => return Err(self.unexpected("an escape such as `\\n` for a control character")),
            }
        }
    }

    fn escape(&mut self) -> Result<(), ParseError> {
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.at += 1;
                Ok(())
            }
            Some(b'u') => {
                self.at += 1;
                for _ in 0..4 {
                    if !self.peek().is_some_and(|b| b.is_ascii_hexdigit()) {
                        return Err(self.unexpected("four hexadecimal digits"));
                    }
                    self.at += 1;
                }
                Ok(())
            }
            _ => Err(self.unexpected("an escape")),
        }
    }

    fn number(&mut self) -> Result<(), ParseError> {
        let start = self.at;
        let mut tag = Tag::Integer;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.peek() == Some(b'.') {
            tag = Tag::Fraction;
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            tag = Tag::Fraction;
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        self.push(tag, start, self.at);
        Ok(())
    }

    /// Parses `NaN` or an infinity; returns false if neither follows.
    fn at_non_finite(&mut self) -> bool {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let word = ["NaN", "Infinity", "-Infinity"].into_iter().find(|word| rest.starts_with(word.as_bytes()));
        let Some(word) = word else { return false };
        self.push(Tag::Fraction, self.at, self.at + word.len());
        self.at += word.len();
        true
    }

    fn digits(&mut self) -> Result<(), ParseError> {
        if !self.peek().is_some_and(|b| b.is_ascii_digit()) {
            return Err(self.unexpected("a digit"));
        }
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
        Ok(())
    }

    fn word(&mut self, word: &'static str, tag: Tag) -> Result<(), ParseError> {
        let start = self.at;
        for expected in word.bytes() {
            if self.peek() != Some(expected) {
                return Err(self.unexpected(word));
            }
            self.at += 1;
        }
        self.push(tag, start, self.at);
        Ok(())
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn push(&mut self, tag: Tag, start: usize, end: usize) {
        self.tape.push(Entry { tag, start: start as u32, end: end as u32 });
    }

    fn unexpected(&self, expected: &'static str) -> ParseError {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let kind = match String::from_utf8_lossy(rest.get(..4).unwrap_or(rest)).chars().next() {
            Some(found) => ParseErrorKind::Unexpected { found, expected },
            None => ParseErrorKind::UnexpectedEnd { expected },
        };
        self.error(kind)
    }

    fn error(&self, kind: ParseErrorKind) -> ParseError {
        ParseError::at(self.bytes, self.at, kind)
    }
}
