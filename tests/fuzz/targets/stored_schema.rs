//! `cargo xtask fuzz stored-schema`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| catchment_fuzz::stored_schema(bytes));
