//! Builds values from the events of the YAML parser, without recursion.

use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use super::YamlError;
use super::resolve::{resolve, resolve_tagged};
use crate::{Document, Object, Value};

/// The limit for the expansion of all aliases of a text, in bytes and values.
const MAX_COPIED: usize = 4 << 20;

/// A callback that receives the location of a value: a path such as `a.b[2]`, a line and a column.
pub(super) type OnLocation<'n> = dyn FnMut(String, usize, usize) + 'n;

pub(super) fn read<'n>(text: &str, note: Option<&'n mut OnLocation<'n>>) -> Result<Value, YamlError> {
    let mut parser = Parser::new_from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    let mut reader = EventReader { open: Vec::new(), anchors: HashMap::new(), copied: 0, root: None, note };
    while let Some(event) = parser.next_event() {
        let (event, span) = event?;
        reader.event(event, &span.start)?;
    }
    Ok(reader.root.unwrap_or_default())
}

struct EventReader<'n> {
    /// The open containers, outermost first.
    open: Vec<Container>,
    anchors: HashMap<usize, AnchoredValue>,
    /// The size of all aliases expanded so far.
    copied: usize,
    root: Option<Value>,
    note: Option<&'n mut OnLocation<'n>>,
}

struct Container {
    content: Content,
    /// The parser's number of the anchor, or 0 if there is none.
    anchor: usize,
}

enum Content {
    List(Vec<Value>),
    Object {
        entries: Object,
        /// The key whose value comes next.
        key: Option<String>,
    },
}

struct AnchoredValue {
    value: Value,
    size: usize,
    depth: usize,
}

impl EventReader<'_> {
    fn event(&mut self, event: Event<'_>, at: &Marker) -> Result<(), YamlError> {
        match event {
            Event::DocumentStart(_) if self.root.is_some() => {
                Err(YamlError::at(at, "found a second document; only one is supported, use one file per document"))
            }
            Event::Scalar(text, style, anchor, tag) => self.scalar(&text, style, anchor, tag.as_deref(), at),
            Event::Alias(anchor) => self.alias(anchor, at),
            Event::SequenceStart(anchor, tag) => {
                check_tag(tag.as_deref(), "seq", at)?;
                self.begin(Content::List(Vec::new()), anchor, at)
            }
            Event::MappingStart(anchor, tag) => {
                check_tag(tag.as_deref(), "map", at)?;
                self.begin(Content::Object { entries: Object::new(), key: None }, anchor, at)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(Container { content, anchor }) = self.open.pop() {
                    let value = match content {
                        Content::List(elements) => Value::Array(elements),
                        Content::Object { entries, .. } => Value::Object(entries),
                    };
                    self.insert_value(value, anchor);
                }
                Ok(())
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => Ok(()),
        }
    }

    fn begin(&mut self, content: Content, anchor: usize, at: &Marker) -> Result<(), YamlError> {
        if self.waits_for_key() {
            return Err(YamlError::at(at, "expected a string as a key, found a list or an object"));
        }
        if self.open.len() >= Document::MAX_DEPTH {
            return Err(too_deep(at));
        }
        self.note_element(at);
        self.open.push(Container { content, anchor });
        Ok(())
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, anchor: usize, tag: Option<&Tag>, at: &Marker) -> Result<(), YamlError> {
        let is_plain = style == ScalarStyle::Plain && tag.is_none();
        if self.waits_for_key() {
            if is_plain && text == "<<" {
                return Err(YamlError::at(at, "merge key << is not supported; write out its entries"));
            }
            if anchor != 0 {
                self.anchors.insert(anchor, AnchoredValue::of(Value::from(text)));
            }
            return self.key(text.to_owned(), at);
        }
        self.note_element(at);
        let value = match tag {
            Some(tag) => core_tag(tag).and_then(|kind| resolve_tagged(kind, text)).ok_or_else(|| unknown_tag(tag, at))?,
            None if is_plain => resolve(text),
            None => Value::from(text),
        };
        self.insert_value(value, anchor);
        Ok(())
    }

    fn alias(&mut self, anchor: usize, at: &Marker) -> Result<(), YamlError> {
        let Some(known) = self.anchors.get(&anchor) else {
            return Err(YamlError::at(at, "the alias refers to a value that contains it"));
        };
        self.copied += known.size;
        if self.copied > MAX_COPIED {
            let problem = format!("aliases expand to more than {MAX_COPIED} bytes; use fewer aliases");
            return Err(YamlError::at(at, problem));
        }
        if self.open.len() + known.depth > Document::MAX_DEPTH {
            return Err(too_deep(at));
        }
        let value = known.value.clone();
        match value {
            Value::String(key) if self.waits_for_key() => self.key(key, at),
            _ if self.waits_for_key() => Err(YamlError::at(at, "an alias as a key must refer to a string")),
            value => {
                self.note_element(at);
                self.insert_value(value, 0);
                Ok(())
            }
        }
    }

    fn waits_for_key(&self) -> bool {
        matches!(self.open.last(), Some(Container { content: Content::Object { key: None, .. }, .. }))
    }

    fn key(&mut self, text: String, at: &Marker) -> Result<(), YamlError> {
        if let Some(Container { content: Content::Object { entries, key }, .. }) = self.open.last_mut() {
            if entries.contains_key(&text) {
                return Err(YamlError::at(at, format!("duplicate key {text:?} in an object")));
            }
            *key = Some(text);
        }
        self.note(at);
        Ok(())
    }

    /// Reports the location of a list element. Other values are reported with their keys.
    fn note_element(&mut self, at: &Marker) {
        if matches!(self.open.last(), Some(Container { content: Content::List(_), .. })) {
            self.note(at);
        }
    }

    fn note(&mut self, at: &Marker) {
        let Some(note) = &mut self.note else { return };
        let mut path = String::new();
        for container in &self.open {
            match &container.content {
                Content::List(elements) => path.push_str(&format!("[{}]", elements.len())),
                Content::Object { key, .. } => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(key.as_deref().unwrap_or_default());
                }
            }
        }
        note(path, at.line(), at.col() + 1);
    }

    /// Adds a complete value to its container.
    fn insert_value(&mut self, value: Value, anchor: usize) {
        if anchor != 0 {
            self.anchors.insert(anchor, AnchoredValue::of(value.clone()));
        }
        match self.open.last_mut().map(|container| &mut container.content) {
            None => self.root = Some(value),
            Some(Content::List(elements)) => elements.push(value),
            Some(Content::Object { entries, key }) => {
                if let Some(key) = key.take() {
                    entries.insert(key, value);
                }
            }
        }
    }
}

impl AnchoredValue {
    fn of(value: Value) -> Self {
        let (size, depth) = measure(&value);
        AnchoredValue { value, size, depth }
    }
}

/// Returns the size of `value` in bytes and values, and the nesting depth of its containers.
fn measure(value: &Value) -> (usize, usize) {
    let inner = |parts: &mut dyn Iterator<Item = (usize, &Value)>| {
        let add = |(size, depth): (usize, usize), (key, part): (usize, &Value)| {
            let (inner_size, inner_depth) = measure(part);
            (size + key + inner_size, depth.max(inner_depth + 1))
        };
        parts.fold((1, 1), add)
    };
    match value {
        Value::Null | Value::Bool(_) => (1, 0),
        Value::Number(n) => (1 + n.as_str().len(), 0),
        Value::String(text) => (1 + text.len(), 0),
        Value::Array(elements) => inner(&mut elements.iter().map(|element| (0, element))),
        Value::Object(entries) => inner(&mut entries.iter().map(|(key, value)| (key.len(), value))),
    }
}

/// Returns the name of a tag of the core schema, such as `str` or `int`.
fn core_tag(tag: &Tag) -> Option<&str> {
    tag.is_yaml_core_schema().then_some(tag.suffix.as_str())
}

fn check_tag(tag: Option<&Tag>, expected: &str, at: &Marker) -> Result<(), YamlError> {
    match tag {
        Some(tag) if core_tag(tag) != Some(expected) => Err(unknown_tag(tag, at)),
        _ => Ok(()),
    }
}

fn unknown_tag(tag: &Tag, at: &Marker) -> YamlError {
    YamlError::at(
        at,
        format!("tag {}{} does not match its value or is not in the YAML core schema; remove it", tag.handle, tag.suffix),
    )
}

fn too_deep(at: &Marker) -> YamlError {
    YamlError::at(at, format!("arrays and objects are nested more than {} levels deep", Document::MAX_DEPTH))
}
