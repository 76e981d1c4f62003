//! Parser for the `Link` header (RFC 8288).

/// Returns the target of the first link with the relation in a header value.
///
/// Ignores links with an `anchor`, which belong to another resource, and links with `results="false"`, which lead to an
/// empty page. Skips invalid text up to the next comma.
pub(crate) fn find(value: &str, relation: &str) -> Option<String> {
    let mut rest = value;
    while !rest.is_empty() {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let Some((target, params)) = rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) else {
            rest = rest.split_once(',').map_or("", |(_, rest)| rest);
            continue;
        };
        let (link, after) = params_of(params);
        if !link.has_anchor && !link.is_empty && link.has(relation) {
            return Some(target.trim().to_owned());
        }
        rest = after;
    }
    None
}

/// The relevant parameters of a link.
#[derive(Default)]
struct Params {
    relations: Option<String>,
    has_anchor: bool,
    /// Whether the link has `results="false"`: Sentry links to a next page that is still empty.
    is_empty: bool,
}

impl Params {
    fn has(&self, relation: &str) -> bool {
        self.relations.as_deref().unwrap_or_default().split_ascii_whitespace().any(|r| r.eq_ignore_ascii_case(relation))
    }
}

/// Parses the parameters after the target of a link, and returns them with the rest of the text.
fn params_of(text: &str) -> (Params, &str) {
    let mut params = Params::default();
    let mut rest = text.trim_start();
    while let Some(after) = rest.strip_prefix(';') {
        let after = after.trim_start();
        let (name, after) = after.split_at(after.find(['=', ';', ',']).unwrap_or(after.len()));
        let (value, after) = match after.strip_prefix('=') {
            Some(after) => value_of(after.trim_start()),
            None => (String::new(), after),
        };
        match name.trim().to_ascii_lowercase().as_str() {
            // RFC 8288: the first of several `rel` parameters counts
            "rel" if params.relations.is_none() => params.relations = Some(value),
            "anchor" => params.has_anchor = true,
            "results" => params.is_empty = value.eq_ignore_ascii_case("false"),
            _ => {}
        }
        rest = after.trim_start();
    }
    // ignores invalid text between the last parameter and the comma
    (params, rest.find(',').map_or("", |comma| rest.split_at(comma).1))
}

/// Parses a value, quoted or not, and returns it with the rest of the text.
fn value_of(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, rest) = text.split_at(text.find([';', ',']).unwrap_or(text.len()));
        return (value.trim().to_owned(), rest);
    };
    let mut value = String::new();
    let mut chars = quoted.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => value.extend(chars.next()),
            c => value.push(c),
        }
    }
    (value, chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::find;

    #[track_caller]
    fn check(header: &str, expected: &str) {
        assert_eq!(find(header, "next").unwrap_or_default(), expected, "{header}");
    }

    #[test]
    fn links() {
        check(r#"<https://a.b/?page=2>; rel="next", <https://a.b/?page=9>; rel="last""#, "https://a.b/?page=2");
        check(r#"<https://a.b/?page=1>; rel="prev",<https://a.b/?page=3>;rel=next"#, "https://a.b/?page=3");
        check("<2>; rel=next", "2");
        check("<2>;rel=last", "");
        check("<2>; rel=nextpage", "");
        check("<2>", "");
        check("", "");
    }

    #[test]
    fn relations() {
        check(r#"<2>; rel="last next""#, "2");
        check(r#"<2>; REL="NEXT""#, "2");
        check(r#"<2>; rel="prev"; rel="next""#, "");
        check(r#"<2>; rel = "next""#, "2");
        check(r#"<2>; rel="n\ext""#, "2");
        check(r#"<2>; anchor="/other"; rel=next, <3>; rel=next"#, "3");
        check(r#"<2>; rel="next"; results="false""#, "");
        check(r#"<2>; rel="next"; results="true""#, "2");
    }

    #[test]
    fn commas_and_semicolons_inside() {
        check("<https://a.b/?ids=1,2;3>; rel=next", "https://a.b/?ids=1,2;3");
        check(r#"<1>; title="a, <x>; rel=\"next\""; rel=prev, <2>; title=";"; rel=next"#, "2");
        check(r#"<1>; rel=prev; title="a\\", <2>; rel=next"#, "2");
    }

    #[test]
    fn invalid_headers() {
        check("garbage, <2>; rel=next", "2");
        check("<2; rel=next", "");
        check("<2> rel=next, <3>; rel=next", "3");
        check("<2>; rel=\"next", "2");
        check("<2>; flag; rel=next", "2");
        check("<2>;; rel=next", "2");
        check(",,, <2>; rel=next ,", "2");
        check("<2>; rel=", "");
        check("<2>; rel=\"\\", "");
        check("é<2>; rel=next", "");
    }
}
