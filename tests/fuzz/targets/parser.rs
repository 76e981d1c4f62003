//! `cargo xtask fuzz parser`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| catchment_fuzz::parser(bytes));
