//! `cargo xtask fuzz link-header`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| catchment_fuzz::link_header(bytes));
