//! Reading paths.

use super::PathError;
use super::filter::{Filter, Operand, Operator, Query};
use super::query::{PathSegment, Selector, Slice};
use crate::unescape;
use crate::value::Value;

/// How deep filters can be inside each other, parentheses included.
const MAX_NESTING: usize = 32;

/// How many steps a path can have, those in its filters included: each one in another is a level of recursion.
const MAX_STEPS: usize = 256;

/// How many bytes a path can have, so that no document is searched for thousands of keys.
const MAX_LENGTH: usize = 16 << 10;

pub(super) const TOO_MANY_STEPS: &str = "it has more than 256 steps";
pub(super) const TOO_LONG: &str = "it is longer than 16384 bytes";

/// How many characters of a path that is too long are shown.
const MAX_SHOWN: usize = 60;

/// In the order in which they are tried.
const OPERATORS: [(&str, Operator); 6] = [
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    ("<=", Operator::LessOrEqual),
    (">=", Operator::GreaterOrEqual),
    ("<", Operator::Less),
    (">", Operator::Greater),
];

/// The steps of a path.
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
    /// How many filters and parentheses are open.
    nesting: usize,
    /// How many steps were read.
    steps: usize,
}

impl<'t> Reader<'t> {
    fn path(&mut self) -> Read<Vec<PathSegment>> {
        let mut steps = Vec::new();
        if self.eat("$") {
            if !(self.rest.is_empty() || self.rest.starts_with(['.', '['])) {
                return Err("`.` or `[` must follow `$`");
            }
        } else if self.rest.is_empty() {
            return Err("it is empty");
        } else if !self.rest.starts_with('[') {
            self.steps = 1;
            steps.push(self.dotted(false)?);
        }
        steps.extend(self.steps()?);
        if self.rest.is_empty() { Ok(steps) } else { Err("`.` or `[` is missing between two steps") }
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

    /// What follows one or two dots. A bracket can: `.[0]` is not in the RFC, but is often written.
    fn dotted(&mut self, descends: bool) -> Read<PathSegment> {
        if self.rest.starts_with('[') {
            return Ok(PathSegment { selectors: self.bracket()?, descends });
        }
        let selector = if self.eat("*") { Selector::Wildcard } else { Selector::Name(self.plain_key()?) };
        Ok(PathSegment { selectors: vec![selector], descends })
    }

    /// A key without quotes. Outside of filters it has all up to the next step: keys with spaces and hyphens are common.
    fn plain_key(&mut self) -> Read<String> {
        let in_filter = self.nesting > 0;
        let ends = |c: char| {
            matches!(c, '.' | '[') || (in_filter && !(c.is_alphanumeric() || matches!(c, '_' | '-' | '$') || !c.is_ascii()))
        };
        let key = self.take(self.rest.find(ends).unwrap_or(self.rest.len()));
        if key.is_empty() { Err("a key is missing") } else { Ok(key.to_owned()) }
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
                return Err("`]` is missing");
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
                return Err("`]`, `&&`, `||` or a comparison like `==` is expected");
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
                if self.rest.is_empty() { "`]` is missing" } else { "an index, a slice, `*`, `?` or a quoted key is expected" };
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
        let value = number.parse().map_err(|_| "a number is too large")?;
        self.take(number.len());
        Ok(Some(value))
    }

    /// Text in quotes of either kind, with the escapes of JSON and those of the quote.
    fn quoted(&mut self) -> Read<String> {
        let Some(quote) = self.rest.chars().next() else { return Err("a quote is missing") };
        let inside = self.rest.get(1..).unwrap_or_default();
        let mut escaped = false;
        let end = inside.find(|c: char| {
            let ends = c == quote && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let end = end.ok_or("a quote is not closed")?;
        let mut raw = inside.get(..end).unwrap_or_default();
        // not by `unescape_to`, which takes a quote of the other kind for the end
        let mut text = String::new();
        while let Some((plain, after)) = raw.split_once('\\') {
            text.push_str(plain);
            raw = unescape::unescape_one(after, &mut text);
        }
        text.push_str(raw);
        self.take(end + 2);
        Ok(text)
    }

    /// Reads what can hold itself.
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

    /// What stands between each two `operator`s.
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
                return Err("`&&`, `||` or `)` is expected");
            }
            return Ok(if is_negated { Filter::Not(Box::new(filter)) } else { filter });
        }
        let left = self.operand()?;
        // as the RFC has it: what `!@.a == 1` means is not clear
        let operator = if is_negated { None } else { OPERATORS.into_iter().find(|(text, _)| self.eat_spaced(text)) };
        match (left, operator) {
            (Operand::Query(query), None) if is_negated => Ok(Filter::Not(Box::new(Filter::Exists(query)))),
            (Operand::Query(query), None) => Ok(Filter::Exists(query)),
            (_, None) => Err("a comparison is expected after a value"),
            (left, Some((_, operator))) => {
                let right = self.operand()?;
                if [&left, &right].into_iter().any(|side| matches!(side, Operand::Query(query) if !query.is_singular())) {
                    return Err("only a path to one value can be compared");
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
            _ => return Err("a path that begins with `@` or `$`, a number, a quoted text, true, false or null is expected"),
        };
        self.take(end);
        Ok(operand)
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Steps over `text`, if it is there.
    fn eat(&mut self, text: &str) -> bool {
        self.rest.strip_prefix(text).map(|rest| self.rest = rest).is_some()
    }

    /// Steps over `text` with white space before it, if it is there; else over nothing.
    fn eat_spaced(&mut self, text: &str) -> bool {
        self.rest.trim_start().strip_prefix(text).map(|rest| self.rest = rest).is_some()
    }

    fn take(&mut self, length: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }
}
