//! `cargo xtask fuzz shredder`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| catchment_fuzz::shredder(bytes));
