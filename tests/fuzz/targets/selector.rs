//! `cargo xtask fuzz selector`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| catchment_fuzz::selector(bytes));
