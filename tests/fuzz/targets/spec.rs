//! `cargo xtask fuzz spec`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| catchment_fuzz::spec(bytes));
