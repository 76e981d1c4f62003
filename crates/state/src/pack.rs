//! The packed form of a state in `_dlt_pipeline_state`: base64 of zlib-compressed JSON.

use std::io::{Read as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use catchment_json::Value;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

use crate::{State, StateError};

/// Limit of the unpacked size in bytes. States take some kilobytes, so a larger one is invalid.
const MAX_UNPACKED: u64 = 256 << 20;

impl State {
    /// Returns the packed state.
    ///
    /// # Errors
    ///
    /// Returns an error if the compression fails.
    pub fn pack(&self) -> Result<String, StateError> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(self.to_value().to_string().as_bytes())?;
        Ok(STANDARD.encode(encoder.finish()?))
    }

    /// Parses a packed state, or a state in plain JSON.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is neither, or if it is not a valid state.
    pub fn unpack(text: &str) -> Result<State, StateError> {
        let json = match STANDARD.decode(text) {
            Ok(bytes) => {
                let mut json = String::new();
                ZlibDecoder::new(bytes.as_slice()).take(MAX_UNPACKED).read_to_string(&mut json)?;
                json
            }
            Err(_) => text.to_owned(),
        };
        State::from_value(Value::parse(&json)?)
    }
}

#[cfg(test)]
mod tests {
    use super::State;

    /// A row written by dlt 1.31.
    const WRITTEN_BY_DLT: &str = "eNpdzskKwkAMBuB3ybm4oKgUvIjgpR6kggeRIXWiLZ1Ol2Tqhu9u3bB4/f7kT26gWFBI1VRxklvw+96XyB4T20qGHhRJQeaJFjMCHzjOC/CA9zFl+EIGf/vmnQeaDuiMqFb+W9IoyCRf1U8ilsSiNOeUXIoXG+m0mDva7VMd/Q2/O6wzpvn+87CKkeOmIa3D9eI6z7szvsp4XvacK5fn6BSt6hGFle0F4oLJxg1wMoX7A365YcQ=";

    #[test]
    fn a_row_of_dlt_is_read() {
        let state = State::unpack(WRITTEN_BY_DLT).unwrap();
        assert_eq!((state.pipeline_name(), state.version(), state.schema_names()), ("shop", 1, vec!["shop"]));
        assert_eq!(State::unpack(&state.to_value().to_string()).unwrap(), state);
    }

    #[test]
    fn invalid_texts_are_rejected() {
        for text in ["", "{", "AAAA", "eNpd"] {
            assert!(State::unpack(text).is_err(), "{text}");
        }
    }
}
