//! Reading objects key by key: what is wrong is noted with its path, and reading goes on.

use catchment_json::{Object, Path, Value};
use catchment_schema::naming;

use crate::Mistake;

/// An object of which each key is asked for once; keys that nobody asks for are mistakes.
pub(super) struct Keys<'v> {
    path: String,
    entries: Option<&'v Object>,
    known: Vec<&'v str>,
}

impl<'v> Keys<'v> {
    /// The object at `path`.
    pub(super) fn of(value: &'v Value, path: impl Into<String>, mistakes: &mut Vec<Mistake>) -> Keys<'v> {
        let path = path.into();
        if value.as_object().is_none() {
            mistakes.push(wrong(&path, "an object", value));
        }
        Keys { path, entries: value.as_object(), known: Vec::new() }
    }

    pub(super) fn path(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// What stands under `key`; null counts as nothing.
    pub(super) fn get(&mut self, key: &'static str) -> Option<&'v Value> {
        self.known.push(key);
        self.entries?.get(key).filter(|value| !value.is_null())
    }

    /// Whether null stands under `key`.
    pub(super) fn is_null(&mut self, key: &'static str) -> bool {
        self.known.push(key);
        self.entries.and_then(|entries| entries.get(key)).is_some_and(Value::is_null)
    }

    pub(super) fn text(&mut self, key: &'static str, mistakes: &mut Vec<Mistake>) -> Option<&'v str> {
        let value = self.get(key)?;
        self.expect(key, "a string", value, value.as_str(), mistakes)
    }

    pub(super) fn bool(&mut self, key: &'static str, mistakes: &mut Vec<Mistake>) -> Option<bool> {
        let value = self.get(key)?;
        self.expect(key, "true or false", value, value.as_bool(), mistakes)
    }

    /// An integer of a range.
    pub(super) fn integer(
        &mut self,
        key: &'static str,
        range: std::ops::RangeInclusive<i64>,
        mistakes: &mut Vec<Mistake>,
    ) -> Option<i64> {
        let value = self.get(key)?;
        let number = self.expect(key, "an integer", value, value.as_i64(), mistakes)?;
        if !range.contains(&number) {
            let problem = format!("found {number}, expected {} to {}", range.start(), range.end());
            mistakes.push(Mistake { path: self.path(key), problem });
            return None;
        }
        Some(number)
    }

    /// A number.
    pub(super) fn number(&mut self, key: &'static str, mistakes: &mut Vec<Mistake>) -> Option<f64> {
        let value = self.get(key)?;
        let number = if let Value::Number(number) = value { number.as_f64() } else { None };
        self.expect(key, "a number", value, number, mistakes)
    }

    /// A whole number of 0 or more.
    pub(super) fn count(&mut self, key: &'static str, mistakes: &mut Vec<Mistake>) -> Option<u64> {
        self.integer(key, 0..=i64::MAX, mistakes).and_then(|number| u64::try_from(number).ok())
    }

    /// The keys that begin with `x-`: anybody may have such, and they are taken over as they are.
    pub(super) fn extensions(&mut self) -> Vec<(&'v String, &'v Value)> {
        let extensions: Vec<_> = self.entries.into_iter().flatten().filter(|(key, _)| key.starts_with("x-")).collect();
        self.known.extend(extensions.iter().map(|(key, _)| key.as_str()));
        extensions
    }

    pub(super) fn object(&mut self, key: &'static str, mistakes: &mut Vec<Mistake>) -> Option<&'v Object> {
        let value = self.get(key)?;
        self.expect(key, "an object", value, value.as_object(), mistakes)
    }

    pub(super) fn required_text(&mut self, key: &'static str, mistakes: &mut Vec<Mistake>) -> &'v str {
        if self.entries.is_some_and(|entries| !entries.contains_key(key)) {
            mistakes.push(Mistake { path: self.path(key), problem: "it is missing; expected a string".to_owned() });
        }
        self.text(key, mistakes).unwrap_or_default()
    }

    /// A string or a list of strings.
    pub(super) fn names(&mut self, key: &'static str, mistakes: &mut Vec<Mistake>) -> Vec<String> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let names = match value {
            Value::Text(name) => Some(vec![name.clone()]),
            Value::Array(names) => names.iter().map(|name| name.as_str().map(str::to_owned)).collect(),
            _ => None,
        };
        self.expect(key, "a string or a list of strings", value, names, mistakes).unwrap_or_default()
    }

    /// A JSONPath.
    pub(super) fn json_path(&mut self, key: &'static str, mistakes: &mut Vec<Mistake>) -> Option<Path> {
        let text = self.text(key, mistakes)?;
        match Path::parse(text) {
            Ok(path) => Some(path),
            Err(error) => {
                mistakes.push(Mistake { path: self.path(key), problem: error.to_string() });
                None
            }
        }
    }

    /// One of `names`.
    pub(super) fn one_of(&mut self, key: &'static str, names: &[&'static str], mistakes: &mut Vec<Mistake>) -> Option<&'v str> {
        let text = self.text(key, mistakes)?;
        if !names.contains(&text) {
            mistakes.push(Mistake { path: self.path(key), problem: unknown(text, names) });
            return None;
        }
        Some(text)
    }

    /// Notes keys of the reference that this version cannot follow: they are never passed over in silence.
    pub(super) fn not_yet(&mut self, keys: &[&'static str], mistakes: &mut Vec<Mistake>) {
        for key in keys {
            if self.get(key).is_some() {
                mistakes.push(Mistake { path: self.path(key), problem: "this version does not support it".to_owned() });
            }
        }
    }

    /// Notes the keys that nobody has asked for.
    pub(super) fn finish(self, mistakes: &mut Vec<Mistake>) {
        for key in self.entries.into_iter().flat_map(Object::keys).filter(|key| !self.known.contains(&key.as_str())) {
            mistakes.push(Mistake { path: self.path(key), problem: format!("unknown key; {}", nearest(key, &self.known)) });
        }
    }

    fn expect<T>(&self, key: &str, expected: &str, found: &Value, value: Option<T>, mistakes: &mut Vec<Mistake>) -> Option<T> {
        if value.is_none() {
            mistakes.push(wrong(&self.path(key), expected, found));
        }
        value
    }
}

/// Another kind of value than expected. The value itself is not shown: it may be a secret.
pub(super) fn wrong(path: &str, expected: &str, found: &Value) -> Mistake {
    Mistake { path: path.to_owned(), problem: format!("found {}, expected {expected}", found.kind_name()) }
}

/// A name that is none of `names`.
pub(super) fn unknown(found: &str, names: &[&str]) -> String {
    format!("found {found:?}; {}", nearest(found, names))
}

fn nearest(found: &str, names: &[&str]) -> String {
    match naming::nearest(found, names.iter().copied(), 500) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("expected one of {}", names.join(", ")),
    }
}
