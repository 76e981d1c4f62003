//! Texts with placeholders: `{incremental.start_value}`; braces that are meant are doubled.

use catchment_extract::Start;

/// A text with placeholders, read once and filled in for each run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    StartValue,
    InitialValue,
    EndValue,
}

impl Template {
    /// Reads a text.
    ///
    /// # Errors
    ///
    /// Where a brace has no partner, or a placeholder is not known; the text says which.
    pub fn parse(text: &str) -> Result<Template, String> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            plain.push_str(before);
            if let Some(after) = from.strip_prefix("{{") {
                plain.push('{');
                rest = after;
            } else if let Some(after) = from.strip_prefix("}}") {
                plain.push('}');
                rest = after;
            } else if let Some((name, after)) = from.strip_prefix('{').and_then(|inside| inside.split_once('}')) {
                if !plain.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                }
                parts.push(placeholder(name)?);
                rest = after;
            } else {
                return Err(format!("{text:?} has a brace without a partner; double it if it is meant"));
            }
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Template { parts })
    }

    /// Whether it has placeholders of the incremental cursor.
    pub fn is_incremental(&self) -> bool {
        self.parts.iter().any(|part| !matches!(part, Part::Text(_)))
    }

    /// The text with its placeholders filled in; a value that there is not yet is empty.
    pub fn fill(&self, start: &Start) -> String {
        let filled = self.parts.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::StartValue => start.last_value_text(),
            Part::InitialValue => start.initial_value_text(),
            Part::EndValue => start.end_value_text(),
        });
        filled.collect()
    }
}

fn placeholder(name: &str) -> Result<Part, String> {
    match name.trim() {
        "incremental.start_value" | "incremental.last_value" => Ok(Part::StartValue),
        "incremental.initial_value" => Ok(Part::InitialValue),
        "incremental.end_value" => Ok(Part::EndValue),
        other if other.starts_with("resources.") => {
            Err(format!("the placeholder {{{other}}} makes the resource depend on another one, which this version cannot do"))
        }
        other => Err(format!(
            "there is no placeholder {{{other}}}; there are {{incremental.start_value}}, {{incremental.initial_value}} \
             and {{incremental.end_value}}, and a brace that is meant is doubled"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::Template;
    use catchment_extract::Start;
    use catchment_json::Value;

    fn check(text: &str, expected: &str) {
        let start = Start::new(Some(Value::from(0)), Some(Value::from("2024"))).to(Some(Value::from(9)));
        let found = Template::parse(text).map_or_else(|problem| problem, |template| template.fill(&start));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn placeholders_are_filled_in() {
        check("plain", "plain");
        check("", "");
        check("since {incremental.start_value}!", "since 2024!");
        check("{incremental.initial_value}{incremental.last_value}", "02024");
        check("to {incremental.end_value}.", "to 9.");
        check("{{literal}}", "{literal}");
    }

    #[test]
    fn mistakes_are_named() {
        check("{open", "\"{open\" has a brace without a partner; double it if it is meant");
        check("close}", "\"close}\" has a brace without a partner; double it if it is meant");
        check(
            "{nope}",
            "there is no placeholder {nope}; there are {incremental.start_value}, {incremental.initial_value} and {incremental.end_value}, and a brace that is meant is doubled",
        );
        check(
            "a/{resources.b.id}",
            "the placeholder {resources.b.id} makes the resource depend on another one, which this version cannot do",
        );
    }
}
