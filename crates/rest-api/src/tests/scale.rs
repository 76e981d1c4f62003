//! Specs with very many keys and resources, which once took minutes or did not finish.

use catchment_extract::{Boundaries, Extraction};

use super::{fresh, parse, source};
use crate::{RestApi, Spec, SpecFormat};

/// The number of unknown keys.
const KEYS: usize = 200_000;

/// Compares the number of lines of the error, its second line and its last line with `expected`.
#[track_caller]
fn check(spec: &str, format: SpecFormat, expected: (usize, &str, &str)) {
    let problem = Spec::parse(spec, format).unwrap_err().to_string();
    let lines: Vec<_> = problem.lines().collect();
    assert_eq!((lines.len(), lines[1], lines[lines.len() - 1]), expected);
}

fn keys(format: impl Fn(usize) -> String, between: &str) -> String {
    (0..KEYS).map(format).collect::<Vec<_>>().join(between)
}

#[test]
fn many_unknown_keys_are_reported_quickly() {
    let known = "$schema, name, client, resource_defaults, resources, pipeline";
    let last = "and 199951 more errors";
    let json = format!(r#"{{"client": {{"base_url": "http://x"}}, {}}}"#, keys(|key| format!(r#""key{key}": 1"#), ","));
    check(&json, SpecFormat::Json, (51, &format!("key0: unknown key; expected one of {known}"), last));
    let yaml = format!("client: {{base_url: 'http://x'}}\n{}", keys(|key| format!("key{key}: 1"), "\n"));
    check(&yaml, SpecFormat::Yaml, (51, &format!("key0 (line 2, column 1): unknown key; expected one of {known}"), last));
    let toml = format!("{}\n[client]\nbase_url = 'http://x'", keys(|key| format!("key{key} = 1"), "\n"));
    check(&toml, SpecFormat::Toml, (51, &format!("key0 (line 1, column 1): unknown key; expected one of {known}"), last));
}

#[test]
fn many_unknown_parents_are_reported_quickly() {
    let dependents = keys(|index| format!(r#"{{"name": "a{index}", "endpoint": "x/{{resources.b{index}.id}}"}}"#), ",");
    let spec = format!(r#"{{"client": {{"base_url": "http://x"}}, "resources": [{dependents}]}}"#);
    let shown = "a0, a1, a2";
    let problem = Spec::parse(&spec, SpecFormat::Json).unwrap_err().to_string();
    assert!(problem.len() < 100_000 && problem.contains(shown) | problem.contains("did you mean"), "{}", problem.len());
    assert!(problem.ends_with("and 199950 more errors"));
}

#[test]
fn many_resources_are_planned() {
    let count = 20_000;
    let resource = |index: usize| match index {
        0..10_000 => format!(r#"{{"name": "r{index}", "endpoint": "e{index}"}}"#),
        _ => format!(r#"{{"name": "r{index}", "endpoint": "e/{{resources.r{}.id}}"}}"#, index - 10_000),
    };
    let resources: Vec<_> = (0..count).map(resource).collect();
    let spec = parse(&format!(r#"{{"client": {{"base_url": "http://x"}}, "resources": [{}]}}"#, resources.join(",")));
    let (api, state, source) = (RestApi::new(&spec), fresh(), source(&spec));
    let run = Extraction::new(&source, &state, &Boundaries::new()).unwrap();
    let plan = api.plan(|resource| run.resume_point(resource).unwrap_or_default()).unwrap();
    assert_eq!((plan.len(), plan[1].name.as_str(), plan[1].depth), (count, "r10000", 1));
}

#[test]
fn a_long_chain_of_dependent_resources_is_rejected() {
    let check = |length: usize, expected: &str| {
        let resource = |index: usize| match index {
            0 => r#""r0""#.to_owned(),
            _ => format!(r#"{{"name": "r{index}", "endpoint": "e/{{resources.r{}.id}}"}}"#, index - 1),
        };
        let resources: Vec<_> = (0..length).map(resource).collect();
        let spec = format!(r#"{{"client": {{"base_url": "http://x"}}, "resources": [{}]}}"#, resources.join(","));
        let problem = Spec::parse(&spec, SpecFormat::Json).map_or_else(|error| error.to_string(), |_| "ok".to_owned());
        assert_eq!(problem.lines().next(), Some(expected));
    };
    check(101, "ok");
    let problem = "more than 100 ancestors; reference a field of a resource closer to the root";
    check(2000, &format!("resources[101].endpoint.path: {problem}"));
}

#[test]
fn a_long_line_of_toml_has_a_short_error() {
    let problem = Spec::parse(&format!("a = {}", "[".repeat(100_000)), SpecFormat::Toml).unwrap_err().to_string();
    assert!(problem.len() < 1000, "{}", problem.len());
}
