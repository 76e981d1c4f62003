//! Shell scripts that run a server until their stdin is closed.
#![expect(clippy::print_stderr, reason = "prints to the terminal and to the log of CI")]

use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// A script that runs a server. The server is stopped when the value is dropped or this process ends.
pub(super) struct ServerScript {
    script: Child,
    server: &'static str,
}

/// Returns a free port. Until the server listens, another process may take it, which is rare and reported.
pub(super) fn free_port() -> Result<u16> {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    Ok(port.context("failed to find a free port")?.port())
}

impl ServerScript {
    /// Starts a script, and returns the line that it prints when the server is ready; empty if the server did not start.
    pub(super) fn start(command: &mut Command, server: &'static str) -> Result<(Self, String)> {
        // a process group without the terminal's signals: Ctrl-C ends this process, which closes stdin
        command.process_group(0).current_dir("/");
        let script = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut script = script.with_context(|| format!("failed to start the script of the {server}"))?;
        let output = script.stdout.take().with_context(|| format!("the script of the {server} has no output"))?;
        let mut line = String::new();
        let read = BufReader::new(output).read_line(&mut line);
        let script = Self { script, server };
        read.with_context(|| format!("failed to read from the script of the {server}"))?;
        Ok((script, line.trim_end().to_owned()))
    }

    /// Blocks until the script ends, which is an error: Ctrl-C ends this process.
    pub(super) fn wait(mut self) -> Result<()> {
        // kept open, as `Child::wait` would close it
        let stdin = self.script.stdin.take();
        let status = self.script.wait()?;
        drop(stdin);
        bail!("the script of the {} ended with {status}", self.server)
    }
}

impl Drop for ServerScript {
    fn drop(&mut self) {
        // `Child::wait` closes stdin, so that the script stops the server
        if let Err(error) = self.script.wait() {
            eprintln!("failed to wait for the end of the {}: {error}", self.server);
        }
    }
}
