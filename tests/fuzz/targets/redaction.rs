//! `cargo xtask fuzz redaction`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| catchment_fuzz::redaction(bytes));
