//! Lookup order of locations, as paths of sections that end with the field.

use catchment_settings::{Scope, SettingKey};

/// A path from the outermost section to the field.
pub(crate) type SettingPath<'k> = Vec<&'k str>;

/// A set of paths that all providers are searched for before the next scope.
#[derive(Debug, Clone)]
pub(crate) struct LookupScope<'k> {
    /// The pipeline name, which is then the first part of all paths.
    pub(crate) pipeline: Option<&'k str>,
    /// The paths, most specific first.
    pub(crate) paths: Vec<SettingPath<'k>>,
}

/// Returns the scopes of a key in lookup order: with the pipeline name, if any, then without. A lookup searches all
/// providers for one scope before the next, and in each provider the most specific path first.
pub(crate) fn scopes<'k>(key: &'k SettingKey, pipeline: Option<&'k str>) -> Vec<LookupScope<'k>> {
    let plain = paths(key);
    let scoped = pipeline.map(|pipeline| {
        let under = |path: &SettingPath<'k>| [&[pipeline], path.as_slice()].concat();
        LookupScope { pipeline: Some(pipeline), paths: plain.iter().map(under).collect() }
    });
    scoped.into_iter().chain([LookupScope { pipeline: None, paths: plain }]).collect()
}

/// Returns the paths from all sections to none. Each ends with the fixed section and the field.
fn paths(key: &SettingKey) -> Vec<SettingPath<'_>> {
    let explicit: SettingPath<'_> = key.scope().explicit_sections().iter().map(String::as_str).collect();
    let (nested, fixed) = innermost(key.scope());
    let base = [explicit.as_slice(), &nested].concat();
    let tail: SettingPath<'_> = fixed.into_iter().chain([key.name()]).collect();

    let mut paths: Vec<SettingPath<'_>> = base_prefixes(&base).map(|base| [base, &tail].concat()).collect();
    if let ["sources", module, source, ..] = explicit.as_slice()
        && module != source
    {
        // The compact layout omits the module. A source has at least three sections and so four paths;
        // the compact one is the third.
        paths.insert(2, [&["sources", *source], nested.as_slice(), &tail].concat());
    }
    paths
}

fn base_prefixes<'a, 'k>(base: &'a [&'k str]) -> impl Iterator<Item = &'a [&'k str]> {
    (0..=base.len()).rev().filter_map(|length| base.get(..length))
}

/// Returns the outer nested fields and the fixed section, which the innermost nested field replaces. Omits names that
/// begin with `_`.
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
        // a source in a module with a different name, and in a module with the same name
        check(
            Scope::new().section(["sources", "mysec", "mysrc"]),
            &["sources.mysec.mysrc.key", "sources.mysec.key", "sources.mysrc.key", "sources.key", "key"],
        );
        check(
            Scope::new().section(["sources", "mysrc", "mysrc"]),
            &["sources.mysrc.mysrc.key", "sources.mysrc.key", "sources.key", "key"],
        );
        check(Scope::new().section(["sources", "mysrc"]), &["sources.mysrc.key", "sources.key", "key"]);
        // a stage section under a source: the compact path is still the third
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
