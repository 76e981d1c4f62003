//! REST API specs.

use catchment_rest_api::{RestApi, Spec, SpecFormat};

/// Any text either is a valid spec or is rejected with diagnostics. A valid spec can be converted to a source or fails with
/// an error.
///
/// Input: a byte for the format (`T` for TOML, `Y` for YAML, else JSON), the spec.
pub fn spec(bytes: &[u8]) {
    let Some((first, text)) = bytes.split_first() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let format = match first {
        b'T' => SpecFormat::Toml,
        b'Y' => SpecFormat::Yaml,
        _ => SpecFormat::Json,
    };
    match Spec::parse(text, format) {
        Ok(spec) => {
            let names: Vec<_> = spec.resources.iter().map(|resource| resource.name.as_str()).collect();
            let is_known = |parent: &Option<String>| parent.as_deref().is_none_or(|parent| names.contains(&parent));
            assert!(spec.resources.iter().all(|resource| is_known(&resource.parent)), "{spec:?}");
            let api = RestApi::new(&spec);
            assert_eq!(api.source().is_ok(), api.plan(|_| Default::default()).is_ok(), "{spec:?}");
        }
        Err(error) => assert!(!error.diagnostics.is_empty() && !error.to_string().is_empty()),
    }
}
