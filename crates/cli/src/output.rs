//! What the command says, to a reader that may have gone away.

use std::fmt::Display;
use std::io::{ErrorKind, Result, Write as _, stderr, stdout};

/// Writes a line to stdout. That nobody reads it any more, as after `| head`, is no failure: the work is done.
pub(crate) fn line(text: impl Display) -> Result<()> {
    match writeln!(stdout(), "{text}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Writes a line to stderr, where it can be written.
pub(crate) fn error_line(text: impl Display) {
    let _ = writeln!(stderr(), "{text}");
}
