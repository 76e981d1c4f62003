//! A connection to the scripted server.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use url::form_urlencoded;

use super::ScriptedResponse;
use super::fault::Delivery;
use super::received::ReceivedRequest;

/// Maximum size of the head of a request, and of its body, in bytes.
const MAX_HEAD: u64 = 64 << 10;
const MAX_BODY: u64 = 64 << 20;

/// Serves the requests of a connection until either side closes it. `wait` sleeps, but no longer than the server runs;
/// `on_response` is called before each response.
pub(super) fn serve(
    stream: TcpStream,
    mut response: impl FnMut(ReceivedRequest) -> ScriptedResponse,
    wait: impl Fn(Duration),
    mut on_response: impl FnMut(),
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    while let Some(request) = read(&mut reader)? {
        let is_head = request.method == "HEAD";
        let response = response(request);
        if !response.delay.is_zero() {
            wait(response.delay);
        }
        // before the client receives the response and sends the next request
        on_response();
        send(&response, is_head, &mut reader, &mut writer, &wait)?;
        if response.fault.closes() {
            break;
        }
    }
    Ok(())
}

fn send(
    response: &ScriptedResponse,
    is_head: bool,
    reader: &mut BufReader<TcpStream>,
    writer: &mut TcpStream,
    wait: &impl Fn(Duration),
) -> io::Result<()> {
    let has_body = response.has_body() && !is_head;
    match &response.fault {
        Delivery::Reset => reset(writer),
        // ends when the client closes the connection or the server shuts down the socket
        Delivery::Hang => io::copy(reader, &mut io::sink()).map(drop),
        Delivery::Raw(bytes) => writer.write_all(bytes),
        Delivery::Slow(size, pause) if has_body => {
            writer.write_all(&response.head())?;
            response.body.chunks((*size).max(1)).try_for_each(|piece| {
                wait(*pause);
                writer.write_all(piece)
            })
        }
        fault => {
            let mut bytes = response.head();
            match fault {
                _ if !has_body => {}
                Delivery::None => {
                    // avoids a copy in the common case
                    writer.write_all(&bytes)?;
                    return writer.write_all(&response.body);
                }
                fault => bytes.extend(fault.body(&response.body)),
            }
            writer.write_all(&bytes)?;
            if matches!(fault, Delivery::ResetAfter(_)) { reset(writer) } else { Ok(()) }
        }
    }
}

/// Makes closing the connection send a reset.
fn reset(writer: &TcpStream) -> io::Result<()> {
    socket2::SockRef::from(writer).set_linger(Some(Duration::ZERO))
}

/// Reads the next request, or returns `None` at the end of the connection. The caller sets the index.
fn read(reader: &mut impl BufRead) -> io::Result<Option<ReceivedRequest>> {
    let mut head = reader.by_ref().take(MAX_HEAD);
    let first = line(&mut head)?;
    let mut words = first.split(' ');
    let (Some(method), Some(target)) = (words.next(), words.next()) else { return Ok(None) };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let query = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let mut headers = Vec::new();
    loop {
        let line = line(&mut head)?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut request =
        ReceivedRequest { index: 0, method: method.to_owned(), path: path.to_owned(), query, headers, body: Vec::new() };
    let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    reader.by_ref().take(length.min(MAX_BODY)).read_to_end(&mut request.body)?;
    Ok(Some(request))
}

fn line(reader: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    line.truncate(line.trim_end().len());
    Ok(line)
}
