//! Parses templates.

use catchment_json::JsonPath;

use super::{CursorValue, FormatSpec, ParentFieldRef, Part, Reference, RunTime, Template, TemplateContext};

const PREFIXES: [&str; 2] = ["${env:", "${secret:"];

/// Returns whether a text contains a reference.
pub(crate) fn has_reference(text: &str) -> bool {
    PREFIXES.iter().any(|prefix| text.contains(prefix))
}

impl Template {
    /// Parses a text in `position`.
    ///
    /// # Errors
    ///
    /// Returns a message if a brace is unmatched or a placeholder is unknown.
    pub(crate) fn parse(text: &str, position: TemplateContext) -> Result<Template, String> {
        let mut template = Template::default();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}', '$']) {
            let (before, from) = rest.split_at(at);
            template.push_text(before);
            rest = if let Some((reference, after)) = reference(from)? {
                template.parts.push(Part::Reference(reference));
                after
            } else if position == TemplateContext::Client || from.starts_with('$') {
                let (brace, after) = from.split_at(1);
                template.push_text(brace);
                after
            } else if let Some(after) = from.strip_prefix("{{") {
                template.push_text("{");
                after
            } else if let Some(after) = from.strip_prefix("}}") {
                template.push_text("}");
                after
            } else if let Some((name, after)) = from.strip_prefix('{').and_then(|inside| inside.split_once('}')) {
                template.parts.push(placeholder(name, position)?);
                after
            } else {
                return Err("unmatched brace; write {{ or }} for a literal brace".to_owned());
            };
        }
        template.push_text(rest);
        Ok(template)
    }

    fn push_text(&mut self, text: &str) {
        match self.parts.last_mut() {
            _ if text.is_empty() => {}
            Some(Part::Literal(before)) => before.push_str(text),
            _ => self.parts.push(Part::Literal(text.to_owned())),
        }
    }
}

/// Parses the reference at the start of a text and returns it with the remaining text.
fn reference(text: &str) -> Result<Option<(Reference, &str)>, String> {
    let Some(inside) = PREFIXES.iter().find_map(|prefix| text.strip_prefix(prefix)) else { return Ok(None) };
    let (name, after) = inside.split_once('}').ok_or("reference `${…` has no closing brace")?;
    let name = name.trim().to_owned();
    if name.is_empty() {
        return Err("reference has no name; write it like `${env:NAME}` or `${secret:sources.github.token}`".to_owned());
    }
    let reference = if text.starts_with("${env:") { Reference::Env(name) } else { Reference::Secret(name) };
    Ok(Some((reference, after)))
}

fn placeholder(written: &str, position: TemplateContext) -> Result<Part, String> {
    // in a path, `{now}` may be a parameter
    let is_param = position == TemplateContext::Path && matches!(written.trim(), "now" | "today");
    if let Some(time) = RunTime::parse(written)?.filter(|_| !is_param) {
        return Ok(Part::Time(time));
    }
    let (name, format) = FormatSpec::split(written)?;
    let part = value(name, position)?;
    Ok(match format {
        Some(format) => Part::Formatted(Box::new(part), format),
        None => part,
    })
}

fn value(written: &str, position: TemplateContext) -> Result<Part, String> {
    let name = written.trim();
    match name {
        "incremental.start_value" | "incremental.last_value" => return Ok(Part::Incremental(CursorValue::Start)),
        "incremental.initial_value" => return Ok(Part::Incremental(CursorValue::Initial)),
        "incremental.end_value" => return Ok(Part::Incremental(CursorValue::End)),
        _ => {}
    }
    if let Some((resource, field)) = name.strip_prefix("resources.").and_then(|rest| rest.split_once('.')) {
        let field = JsonPath::parse(field).map_err(|error| format!("placeholder {{{name}}}: {error}"))?;
        return Ok(Part::Field(ParentFieldRef { resource: resource.to_owned(), field }));
    }
    let is_word = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    match position {
        TemplateContext::Path if is_word => Ok(Part::PathParam(name.to_owned())),
        _ => Err(format!(
            "unknown placeholder {{{written}}}; use {{resources.NAME.FIELD}}, {{incremental.start_value}}, \
             {{incremental.initial_value}}, {{incremental.end_value}}, {{now}} or {{today-7d}}, or write {{{{ and }}}} for literal \
             braces"
        )),
    }
}
