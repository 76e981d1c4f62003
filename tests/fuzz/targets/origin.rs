//! `cargo xtask fuzz origin`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| catchment_fuzz::origin(bytes));
