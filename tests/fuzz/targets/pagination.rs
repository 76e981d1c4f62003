//! `cargo xtask fuzz pagination`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| catchment_fuzz::pagination(bytes));
