//! The parser of paths.

use super::PathError;
use super::filter::{Filter, Operand, Operator, Query};
use super::query::{PathSegment, Selector, Slice};
use crate::unescape;
use crate::value::Value;

/// Maximum nesting depth of filters and parentheses.
const MAX_NESTING: usize = 32;

/// Maximum number of segments, including those of filters. Evaluation recurses once per segment.
const MAX_STEPS: usize = 256;

/// Maximum length in bytes, so that a path cannot search for thousands of keys.
const MAX_LENGTH: usize = 16 << 10;

pub(super) const TOO_MANY_STEPS: &str = "the path has more than 256 segments";
pub(super) const TOO_LONG: &str = "the path is longer than 16384 bytes";

/// The length, in characters, to which an overlong path is truncated in messages.
const MAX_SHOWN: usize = 60;

/// In order of precedence: `<=` must be tried before `<`.
const OPERATORS: [(&str, Operator); 6] = [
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    ("<=", Operator::LessOrEqual),
    (">=", Operator::GreaterOrEqual),
    ("<", Operator::Less),
    (">", Operator::Greater),
];

/// Parses a path into its segments.
pub(super) fn path(text: &str) -> Result<Vec<PathSegment>, PathError> {
    let mut reader = Reader { rest: text.trim(), nesting: 0, steps: 0 };
    let steps = reader.path();
    let before = text.trim_end().len() - reader.rest.len();
    let column = || text.get(..before).unwrap_or_default().chars().count() + 1;
    match steps {
        Ok(_) if text.len() > MAX_LENGTH => Err(error(text, TOO_LONG, 1)),
        steps => steps.map_err(|problem| error(text, problem, column())),
    }
}

fn error(text: &str, problem: &'static str, column: usize) -> PathError {
    let path = match text.len() {
        0..=MAX_LENGTH => text.to_owned(),
        _ => text.chars().take(MAX_SHOWN).chain(['…']).collect(),
    };
    PathError { path, problem, column }
}

type Read<T> = Result<T, &'static str>;

struct Reader<'t> {
    rest: &'t str,
    /// The number of open filters and parentheses.
    nesting: usize,
    /// The number of segments parsed so far.
    steps: usize,
}

impl<'t> Reader<'t> {
    fn path(&mut self) -> Read<Vec<PathSegment>> {
        let mut steps = Vec::new();
        if self.eat("$") {
            if !(self.rest.is_empty() || self.rest.starts_with(['.', '['])) {
                return Err("expected `.` or `[` after `$`");
            }
        } else if self.rest.is_empty() {
            return Err("the path is empty");
        } else if !self.rest.starts_with('[') {
            self.steps = 1;
            steps.push(self.dotted(false)?);
        }
        steps.extend(self.steps()?);
        if self.rest.is_empty() { Ok(steps) } else { Err("expected `.` or `[` between two segments") }
    }

    fn steps(&mut self) -> Read<Vec<PathSegment>> {
        let mut steps = Vec::new();
        loop {
            if self.rest.starts_with(['.', '[']) {
                self.steps += 1;
            }
            if self.steps > MAX_STEPS {
                return Err(TOO_MANY_STEPS);
            }
            if self.eat("..") {
                steps.push(self.dotted(true)?);
            } else if self.eat(".") {
                steps.push(self.dotted(false)?);
            } else if self.rest.starts_with('[') {
                steps.push(PathSegment { selectors: self.bracket()?, descends: false });
            } else {
                return Ok(steps);
            }
        }
    }

    /// Parses the selector after one or two dots. Also accepts a bracket: `.[0]` is not in the RFC, but common.
    fn dotted(&mut self, descends: bool) -> Read<PathSegment> {
        if self.rest.starts_with('[') {
            return Ok(PathSegment { selectors: self.bracket()?, descends });
        }
        let selector = if self.eat("*") { Selector::Wildcard } else { Selector::Name(self.plain_key()?) };
        Ok(PathSegment { selectors: vec![selector], descends })
    }

    /// Parses a key without quotes. Outside filters a key extends to the next segment, because keys with spaces and hyphens
    /// are common.
    fn plain_key(&mut self) -> Read<String> {
        let in_filter = self.nesting > 0;
        let ends = |c: char| {
            matches!(c, '.' | '[') || (in_filter && !(c.is_alphanumeric() || matches!(c, '_' | '-' | '$') || !c.is_ascii()))
        };
        let key = self.take(self.rest.find(ends).unwrap_or(self.rest.len()));
        if key.is_empty() { Err("expected a key") } else { Ok(key.to_owned()) }
    }

    fn bracket(&mut self) -> Read<Vec<Selector>> {
        self.eat("[");
        let mut selectors = Vec::new();
        loop {
            self.skip_space();
            selectors.push(self.selector()?);
            self.skip_space();
            if self.eat("]") {
                return Ok(selectors);
            }
            if !self.eat(",") {
                return Err("expected `]`");
            }
        }
    }

    fn selector(&mut self) -> Read<Selector> {
        if self.rest.starts_with(['\'', '"']) {
            Ok(Selector::Name(self.quoted()?))
        } else if self.eat("*") {
            Ok(Selector::Wildcard)
        } else if self.eat("?") {
            let filter = self.nested(Self::any)?;
            self.skip_space();
            if !self.rest.starts_with([']', ',']) {
                return Err("expected `]`, `&&`, `||` or a comparison such as `==`");
            }
            Ok(Selector::Filter(filter))
        } else {
            self.index_or_slice()
        }
    }

    fn index_or_slice(&mut self) -> Read<Selector> {
        let start = self.whole_number()?;
        self.skip_space();
        if !self.eat(":") {
            let nothing =
                if self.rest.is_empty() { "expected `]`" } else { "expected an index, a slice, `*`, `?` or a quoted key" };
            return start.map(Selector::Index).ok_or(nothing);
        }
        self.skip_space();
        let end = self.whole_number()?;
        self.skip_space();
        let mut step = None;
        if self.eat(":") {
            self.skip_space();
            step = self.whole_number()?;
        }
        Ok(Selector::Slice(Slice { start, end, step: step.unwrap_or(1) }))
    }

    fn whole_number(&mut self) -> Read<Option<i64>> {
        let digits = self.rest.strip_prefix('-').unwrap_or(self.rest);
        let length = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        if length == 0 {
            return Ok(None);
        }
        let number = self.rest.get(..self.rest.len() - digits.len() + length).unwrap_or_default();
        let value = number.parse().map_err(|_| "the number is too large")?;
        self.take(number.len());
        Ok(Some(value))
    }

    /// Parses a string in single or double quotes, with the escapes of JSON and an escaped quote.
    fn quoted(&mut self) -> Read<String> {
        let Some(quote) = self.rest.chars().next() else { return Err("expected a quote") };
        let inside = self.rest.get(1..).unwrap_or_default();
        let mut escaped = false;
        let end = inside.find(|c: char| {
            let ends = c == quote && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let end = end.ok_or("the closing quote is missing")?;
        let mut raw = inside.get(..end).unwrap_or_default();
        // not with `unescape_to`, which would stop at a quote of the other kind
        let mut text = String::new();
        while let Some((plain, after)) = raw.split_once('\\') {
            text.push_str(plain);
            raw = unescape::unescape_one(after, &mut text);
        }
        text.push_str(raw);
        self.take(end + 2);
        Ok(text)
    }

    /// Parses a construct that may contain itself.
    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.nesting == MAX_NESTING {
            return Err("filters are nested too deeply");
        }
        self.nesting += 1;
        let read = read(self);
        self.nesting -= 1;
        read
    }

    fn any(&mut self) -> Read<Filter> {
        Ok(Filter::Any(self.separated("||", Self::all)?))
    }

    fn all(&mut self) -> Read<Filter> {
        Ok(Filter::All(self.separated("&&", Self::condition)?))
    }

    /// Parses filters separated by `operator`.
    fn separated(&mut self, operator: &str, read: impl Fn(&mut Self) -> Read<Filter>) -> Read<Vec<Filter>> {
        let mut filters = vec![read(self)?];
        while self.eat_spaced(operator) {
            filters.push(read(self)?);
        }
        Ok(filters)
    }

    fn condition(&mut self) -> Read<Filter> {
        let is_negated = self.eat_spaced("!");
        self.skip_space();
        if self.eat("(") {
            let filter = self.nested(Self::any)?;
            if !self.eat_spaced(")") {
                return Err("expected `&&`, `||` or `)`");
            }
            return Ok(if is_negated { Filter::Not(Box::new(filter)) } else { filter });
        }
        let left = self.operand()?;
        // the RFC does not allow a negated comparison: `!@.a == 1` would be ambiguous
        let operator = if is_negated { None } else { OPERATORS.into_iter().find(|(text, _)| self.eat_spaced(text)) };
        match (left, operator) {
            (Operand::Query(query), None) if is_negated => Ok(Filter::Not(Box::new(Filter::Exists(query)))),
            (Operand::Query(query), None) => Ok(Filter::Exists(query)),
            (_, None) => Err("expected a comparison after the value"),
            (left, Some((_, operator))) => {
                let right = self.operand()?;
                if [&left, &right].into_iter().any(|side| matches!(side, Operand::Query(query) if !query.is_singular())) {
                    return Err("only a path that selects a single value can be compared");
                }
                Ok(Filter::Compare(left, operator, right))
            }
        }
    }

    fn operand(&mut self) -> Read<Operand> {
        self.skip_space();
        if self.rest.starts_with(['\'', '"']) {
            return Ok(Operand::Text(self.quoted()?));
        }
        for (start, from_root) in [("@", false), ("$", true)] {
            if self.eat(start) {
                return Ok(Operand::Query(Query { from_root, steps: self.steps()? }));
            }
        }
        let end =
            self.rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))).unwrap_or(self.rest.len());
        let word = self.rest.get(..end).unwrap_or_default();
        let operand = match word {
            "null" => Operand::Null,
            "true" | "false" => Operand::Bool(word == "true"),
            _ if Value::parse(word).is_ok_and(|value| matches!(value, Value::Number(_))) => Operand::Number(word.to_owned()),
            _ if self.rest.get(end..).unwrap_or_default().starts_with('(') => return Err("functions are not supported"),
            _ => return Err("expected a path that starts with `@` or `$`, a number, a quoted string, true, false or null"),
        };
        self.take(end);
        Ok(operand)
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Consumes `text` if the rest starts with it.
    fn eat(&mut self, text: &str) -> bool {
        self.rest.strip_prefix(text).map(|rest| self.rest = rest).is_some()
    }

    /// Consumes `text` and preceding white space if the rest starts with them; otherwise nothing.
    fn eat_spaced(&mut self, text: &str) -> bool {
        self.rest.trim_start().strip_prefix(text).map(|rest| self.rest = rest).is_some()
    }

    fn take(&mut self, length: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }
}
