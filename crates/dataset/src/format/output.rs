//! The type [`Output`].

use std::io::{self, Write};

use super::FormatError;

/// A writer that keeps its first error, because the encoders report IO errors as texts without their kind. Later writes fail
/// too, so that an encoder cannot write a buffer again when it is dropped.
pub(super) struct Output<W> {
    writer: W,
    error: Option<io::Error>,
}

impl<W: Write> Output<W> {
    pub(super) fn new(writer: W) -> Output<W> {
        Output { writer, error: None }
    }

    /// Flushes the writer. An error of the writer replaces the error that the encoder returned for it.
    pub(super) fn finish<T>(mut self, written: Result<T, FormatError>) -> Result<T, FormatError> {
        let flushed = if written.is_ok() { self.flush() } else { Ok(()) };
        match self.error {
            Some(error) => Err(FormatError::Io(error)),
            None => flushed.map_err(FormatError::Io).and(written),
        }
    }

    fn attempt<T>(&mut self, operation: impl FnOnce(&mut W) -> io::Result<T>) -> io::Result<T> {
        if let Some(error) = &self.error {
            return Err(copy(error));
        }
        operation(&mut self.writer).map_err(|error| {
            // Callers retry interrupted writes.
            if error.kind() == io::ErrorKind::Interrupted {
                return error;
            }
            copy(self.error.insert(error))
        })
    }
}

fn copy(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), error.to_string())
}

impl<W: Write> Write for Output<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.attempt(|writer| writer.write(bytes))
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.attempt(|writer| writer.write_all(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.attempt(W::flush)
    }
}
