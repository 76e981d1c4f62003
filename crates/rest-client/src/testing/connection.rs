//! One connection to the server.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use url::form_urlencoded;

use super::Answer;
use super::answer::Fault;
use super::received::Received;

/// Answers the requests of a connection until either side closes it.
pub(super) fn serve(stream: TcpStream, answer: impl Fn(Received) -> Answer) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    while let Some(request) = read(&mut reader)? {
        let is_head = request.method == "HEAD";
        let answer = answer(request);
        match answer.fault {
            Fault::Reset => return socket2::SockRef::from(&writer).set_linger(Some(Duration::ZERO)),
            // ends when the client closes, or the server shuts the socket down
            Fault::Hang => return io::copy(&mut reader, &mut io::sink()).map(drop),
            Fault::None | Fault::Truncated(_) | Fault::Length(_) => writer.write_all(&answer.bytes(is_head))?,
        }
        if answer.closes() {
            break;
        }
    }
    Ok(())
}

/// The next request; nothing at the end of the connection. Its index is not known here.
fn read(reader: &mut impl BufRead) -> io::Result<Option<Received>> {
    let first = line(reader)?;
    let mut words = first.split(' ');
    let (Some(method), Some(target)) = (words.next(), words.next()) else { return Ok(None) };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let query = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let mut headers = Vec::new();
    loop {
        let line = line(reader)?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut request = Received { index: 0, method: method.to_owned(), path: path.to_owned(), query, headers, body: Vec::new() };
    let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    reader.by_ref().take(length).read_to_end(&mut request.body)?;
    Ok(Some(request))
}

fn line(reader: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    line.truncate(line.trim_end().len());
    Ok(line)
}
