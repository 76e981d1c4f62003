//! The order in which places are looked at, as pure paths: section by section, the field last.

use catchment_settings::{Scope, SettingKey};

/// A path from the outermost section to the field.
pub(crate) type SettingPath<'k> = Vec<&'k str>;

/// Paths that are gone through in all providers before others.
#[derive(Debug, Clone)]
pub(crate) struct LookupScope<'k> {
    /// The first part of all paths, if they stand under a pipeline.
    pub(crate) pipeline: Option<&'k str>,
    /// From the most specific one on.
    pub(crate) paths: Vec<SettingPath<'k>>,
}

/// The scopes to go through, in order: under the name of the pipeline if there is one, then without.
/// All providers are asked for one scope before the next; in each, from the most specific path on.
pub(crate) fn scopes<'k>(key: &'k SettingKey, pipeline: Option<&'k str>) -> Vec<LookupScope<'k>> {
    let plain = paths(key);
    let scoped = pipeline.map(|pipeline| {
        let under = |path: &SettingPath<'k>| [&[pipeline], path.as_slice()].concat();
        LookupScope { pipeline: Some(pipeline), paths: plain.iter().map(under).collect() }
    });
    scoped.into_iter().chain([LookupScope { pipeline: None, paths: plain }]).collect()
}

/// From all sections to none, each path ending in the fixed section and the field.
fn paths(key: &SettingKey) -> Vec<SettingPath<'_>> {
    let explicit: SettingPath<'_> = key.scope().explicit_sections().iter().map(String::as_str).collect();
    let (nested, fixed) = innermost(key.scope());
    let base = [explicit.as_slice(), &nested].concat();
    let tail: SettingPath<'_> = fixed.into_iter().chain([key.name()]).collect();

    let mut paths: Vec<SettingPath<'_>> = base_prefixes(&base).map(|base| [base, &tail].concat()).collect();
    if let ["sources", module, source, ..] = explicit.as_slice()
        && module != source
    {
        // The compact layout leaves the module out. A source has at least three sections, thus four
        // paths, and the compact one is the third.
        paths.insert(2, [&["sources", *source], nested.as_slice(), &tail].concat());
    }
    paths
}

fn base_prefixes<'a, 'k>(base: &'a [&'k str]) -> impl Iterator<Item = &'a [&'k str]> {
    (0..=base.len()).rev().filter_map(|length| base.get(..length))
}

/// The innermost nested field stands where the fixed section would; what begins with `_` is not
/// written down.
fn innermost(scope: &Scope) -> (SettingPath<'_>, Option<&str>) {
    let written = |field: &&str| !field.starts_with('_');
    let mut nested: SettingPath<'_> = scope.nested_fields().iter().map(String::as_str).collect();
    let fixed = nested.pop().filter(written).or(scope.fixed_section());
    (nested.into_iter().filter(written).collect(), fixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(paths: &[SettingPath<'_>]) -> Vec<String> {
        paths.iter().map(|path| path.join(".")).collect()
    }

    #[test]
    fn without_a_pipeline() {
        fn check(scope: Scope, expected: &[&str]) {
            let key = SettingKey::new(scope, "key", false);
            let found: Vec<_> = scopes(&key, None).iter().flat_map(|scoped| joined(&scoped.paths)).collect();
            assert_eq!(found, expected);
        }
        check(Scope::new(), &["key"]);
        check(Scope::new().section(["normalize"]), &["normalize.key", "key"]);
        check(Scope::new().fixed("runtime"), &["runtime.key"]);
        check(Scope::new().section(["a"]).fixed("runtime"), &["a.runtime.key", "runtime.key"]);
        // a source in a module of another name, and of its own name
        check(
            Scope::new().section(["sources", "mysec", "mysrc"]),
            &["sources.mysec.mysrc.key", "sources.mysec.key", "sources.mysrc.key", "sources.key", "key"],
        );
        check(
            Scope::new().section(["sources", "mysrc", "mysrc"]),
            &["sources.mysrc.mysrc.key", "sources.mysrc.key", "sources.key", "key"],
        );
        check(Scope::new().section(["sources", "mysrc"]), &["sources.mysrc.key", "sources.key", "key"]);
        // the sections of a stage under a source: the compact path is still the third
        check(
            Scope::new().section(["sources", "mysec", "mysrc", "extract"]),
            &[
                "sources.mysec.mysrc.extract.key",
                "sources.mysec.mysrc.key",
                "sources.mysrc.key",
                "sources.mysec.key",
                "sources.key",
                "key",
            ],
        );
        // nested configurations
        check(
            Scope::new().section(["destination", "postgres"]).nested("credentials"),
            &["destination.postgres.credentials.key", "destination.credentials.key", "credentials.key"],
        );
        check(
            Scope::new().section(["sources", "mysec", "mysrc"]).nested("client").nested("auth"),
            &[
                "sources.mysec.mysrc.client.auth.key",
                "sources.mysec.mysrc.auth.key",
                "sources.mysrc.client.auth.key",
                "sources.mysec.auth.key",
                "sources.auth.key",
                "auth.key",
            ],
        );
        check(Scope::new().fixed("outer").nested("inner"), &["inner.key"]);
        check(Scope::new().fixed("outer").nested("_inner"), &["outer.key"]);
        check(Scope::new().nested("_a").nested("b"), &["b.key"]);
    }

    #[test]
    fn under_a_pipeline() {
        let scope = Scope::new().section(["sources", "mysec", "mysrc"]);
        let key = SettingKey::new(scope, "api_key", true);
        let found = scopes(&key, Some("cfgp"));
        let found: Vec<_> = found.iter().map(|scoped| joined(&scoped.paths)).collect();
        let plain =
            ["sources.mysec.mysrc.api_key", "sources.mysec.api_key", "sources.mysrc.api_key", "sources.api_key", "api_key"];
        assert_eq!(found, [plain.map(|path| format!("cfgp.{path}")), plain.map(str::to_owned)]);
    }
}
