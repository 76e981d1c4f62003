//! The form in which a row of `_dlt_pipeline_state` holds a state: base64 of zlib of JSON, or plain JSON.

use std::io::{Read as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use catchment_json::Value;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

use crate::{State, StateError};

/// A state is some kilobytes; more than this is not one.
const MAX_UNPACKED: u64 = 256 << 20;

impl State {
    /// The packed form.
    ///
    /// # Errors
    ///
    /// Where compressing fails.
    pub fn pack(&self) -> Result<String, StateError> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(self.to_value().to_string().as_bytes())?;
        Ok(STANDARD.encode(encoder.finish()?))
    }

    /// Reads the packed form, or plain JSON.
    ///
    /// # Errors
    ///
    /// Where it is neither, or not a state.
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

    /// A row that dlt 1.31 wrote.
    const BY_REFERENCE: &str = "eNpdzskKwkAMBuB3ybm4oKgUvIjgpR6kggeRIXWiLZ1Ol2Tqhu9u3bB4/f7kT26gWFBI1VRxklvw+96XyB4T20qGHhRJQeaJFjMCHzjOC/CA9zFl+EIGf/vmnQeaDuiMqFb+W9IoyCRf1U8ilsSiNOeUXIoXG+m0mDva7VMd/Q2/O6wzpvn+87CKkeOmIa3D9eI6z7szvsp4XvacK5fn6BSt6hGFle0F4oLJxg1wMoX7A365YcQ=";

    #[test]
    fn the_row_of_the_reference() {
        let state = State::unpack(BY_REFERENCE).unwrap();
        assert_eq!((state.pipeline_name(), state.version(), state.schema_names()), ("shop", 1, vec!["shop"]));
        assert_eq!(State::unpack(&state.to_value().to_string()).unwrap(), state);
    }

    #[test]
    fn what_is_no_state_is_an_error() {
        for text in ["", "{", "AAAA", "eNpd"] {
            assert!(State::unpack(text).is_err(), "{text}");
        }
    }
}
