//! Checks the properties for the seeds of the fuzzer.

use std::path::Path;

fn check(target: &str, property: fn(&[u8])) {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
    let seeds: Vec<_> = std::fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!seeds.is_empty(), "{} has no seeds", dir.display());
    for seed in seeds {
        println!("{}", seed.display());
        property(&std::fs::read(seed).unwrap());
    }
}

#[test]
fn properties_hold_for_the_seeds() {
    check("expression", crate::expression);
    check("link-header", crate::link_header);
    check("origin", crate::origin);
    check("pagination", crate::pagination);
    check("parser", crate::parser);
    check("redaction", crate::redaction);
    check("selector", crate::selector);
    check("shredder", crate::shredder);
    check("spec", crate::spec);
    check("stored-schema", crate::stored_schema);
}
