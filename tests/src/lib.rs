//! Integration tests across crates, in one binary.
