//! Loopback servers that replace the hosts of `docs/fixtures`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::fixture::{Fixture, Request, Response};

/// The hosts that have a fixture file, and their entries.
pub(super) struct Fixtures(Vec<(String, Fixture)>);

impl Fixtures {
    /// Reads every `HOST.yaml` of a folder.
    pub(super) fn read(folder: &Path) -> Result<Fixtures> {
        let mut fixtures = Vec::new();
        for entry in folder.read_dir().with_context(|| format!("failed to read {}", folder.display()))? {
            let path = entry?.path();
            let Some(host) = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".yaml")) else { continue };
            let text = std::fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))?;
            let fixture = Fixture::parse(&text).with_context(|| format!("docs/fixtures/{host}.yaml"))?;
            fixtures.push((host.to_owned(), fixture));
        }
        // so that api.example.com.au is replaced before api.example.com
        fixtures.sort_by(|(a, _), (b, _)| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        Ok(Fixtures(fixtures))
    }

    /// Starts a server for each host.
    pub(super) fn serve(&self) -> Result<Servers> {
        let listen = |(host, fixture): &(String, Fixture)| -> Result<_> {
            let listener = TcpListener::bind("127.0.0.1:0").context("failed to listen on loopback")?;
            let address = listener.local_addr()?;
            Ok((host.clone(), address, listener, fixture.clone()))
        };
        let listening = self.0.iter().map(listen).collect::<Result<Vec<_>>>()?;
        let hosts = Hosts(listening.iter().map(|(host, address, ..)| (host.clone(), *address)).collect());
        let is_stopped = Arc::new(AtomicBool::new(false));
        let spawn = |(_, _, listener, fixture)| {
            let (hosts, is_stopped) = (hosts.clone(), Arc::clone(&is_stopped));
            thread::spawn(move || accept(&listener, &fixture, &hosts, &is_stopped))
        };
        let threads = listening.into_iter().map(spawn).collect();
        Ok(Servers { hosts, is_stopped, threads })
    }
}

/// The hosts of the fixtures and the addresses that serve them.
#[derive(Debug, Clone, Default)]
pub(super) struct Hosts(Vec<(String, SocketAddr)>);

impl Hosts {
    /// Replaces the URLs of hosts by those of their servers.
    pub(super) fn to_loopback(&self, text: &str) -> String {
        self.0
            .iter()
            .fold(text.to_owned(), |text, (host, address)| text.replace(&format!("https://{host}"), &format!("http://{address}")))
    }

    /// Replaces the addresses of servers by the hosts that they serve.
    pub(super) fn to_public(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (host, address)| {
            text.replace(&format!("http://{address}"), &format!("https://{host}")).replace(&address.to_string(), host)
        })
    }

    /// Returns the replacements of [`to_public`](Hosts::to_public) in lines of `URL=URL`, for the duckdb command.
    pub(super) fn replacements(&self) -> String {
        self.0.iter().map(|(host, address)| format!("http://{address}=https://{host}\n")).collect()
    }
}

/// Servers that run until this is dropped.
pub(super) struct Servers {
    /// Where they listen.
    pub(super) hosts: Hosts,
    is_stopped: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Drop for Servers {
    fn drop(&mut self) {
        self.is_stopped.store(true, Ordering::Relaxed);
        for (_, address) in &self.hosts.0 {
            // wakes the thread; if it cannot be reached, it has ended
            drop(TcpStream::connect(address));
        }
        for thread in self.threads.drain(..) {
            drop(thread.join());
        }
    }
}

/// Serves connections one by one, each with one request, so that a page's requests have an order.
fn accept(listener: &TcpListener, fixture: &Fixture, hosts: &Hosts, is_stopped: &AtomicBool) {
    for stream in listener.incoming() {
        if is_stopped.load(Ordering::Relaxed) {
            return;
        }
        // a connection that breaks concerns its client, which reports it
        drop(stream.and_then(|stream| serve(&stream, fixture, hosts)));
    }
}

fn serve(stream: &TcpStream, fixture: &Fixture, hosts: &Hosts) -> std::io::Result<()> {
    // a client may hold a connection open without a request
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    let request = read_request(stream)?;
    let missing = || Response {
        status: 404,
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        body: r#"{"message":"Not Found"}"#.to_owned(),
    };
    let response = fixture.respond(&request).unwrap_or_else(missing);
    let body = hosts.to_loopback(&response.body);
    let mut head = format!("HTTP/1.1 {} \r\nConnection: close\r\nContent-Length: {}\r\n", response.status, body.len());
    for (name, value) in &response.headers {
        head.push_str(&format!("{name}: {}\r\n", hosts.to_loopback(value)));
    }
    let mut stream = stream;
    stream.write_all(format!("{head}\r\n{body}").as_bytes())
}

fn read_request(stream: &TcpStream) -> std::io::Result<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let method = words.next().unwrap_or_default().to_owned();
    let target = words.next().unwrap_or_default().to_owned();
    let mut headers = Vec::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else { break };
        let (name, value) = (name.trim().to_lowercase(), value.trim().to_owned());
        if name == "content-length" {
            length = value.parse().unwrap_or(0);
        }
        headers.push((name, value));
    }
    let mut body = String::new();
    reader.take(length).read_to_string(&mut body)?;
    Ok(Request { method, target, headers, body })
}
