//! Answers, good and bad.

/// What the server does with a request.
#[derive(Debug, Clone)]
pub struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    pub(super) fault: Fault,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fault {
    None,
    /// The connection is closed after so many bytes of the body.
    Truncated(usize),
    /// The `Content-Length` is this one.
    Length(usize),
    Reset,
    Hang,
}

impl Answer {
    fn new(status: u16, body: &[u8], fault: Fault) -> Answer {
        Answer { status, headers: Vec::new(), body: body.to_vec(), fault }
    }

    /// A body that is said to be JSON, whether it is or not.
    pub fn json(status: u16, text: impl AsRef<[u8]>) -> Answer {
        Answer::new(status, text.as_ref(), Fault::None).header("Content-Type", "application/json")
    }

    /// 302 to another URL; [`status`](Self::status) makes it another redirect.
    pub fn redirect(url: impl Into<String>) -> Answer {
        Answer::new(302, b"", Fault::None).header("Location", url)
    }

    /// 200 with the length of the whole body, of which only the first `after` bytes come before the connection
    /// is closed.
    pub fn truncated(body: impl AsRef<[u8]>, after: usize) -> Answer {
        Answer::new(200, body.as_ref(), Fault::Truncated(after))
    }

    /// 200 with the whole body, a wrong `Content-Length`, and then the connection is closed.
    pub fn wrong_length(body: impl AsRef<[u8]>, length: usize) -> Answer {
        Answer::new(200, body.as_ref(), Fault::Length(length))
    }

    /// The connection is reset instead of an answer.
    pub fn reset() -> Answer {
        Answer::new(0, b"", Fault::Reset)
    }

    /// No answer until the client gives up.
    pub fn hang() -> Answer {
        Answer::new(0, b"", Fault::Hang)
    }

    /// With another status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Answer {
        self.status = status;
        self
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Answer {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The bytes to send.
    pub(super) fn bytes(&self, is_head: bool) -> Vec<u8> {
        let (length, sent) = match self.fault {
            Fault::Truncated(after) => (self.body.len(), after.min(self.body.len())),
            Fault::Length(length) => (length, self.body.len()),
            Fault::None | Fault::Reset | Fault::Hang => (self.body.len(), self.body.len()),
        };
        let mut head = format!("HTTP/1.1 {} Scripted\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        // a body is forbidden for this status, and so is its length
        if self.status != 204 {
            head.push_str(&format!("Content-Length: {length}\r\n"));
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        if !is_head {
            bytes.extend(self.body.iter().take(sent));
        }
        bytes
    }

    /// Whether the connection ends with this answer.
    pub(super) fn closes(&self) -> bool {
        !matches!(self.fault, Fault::None)
    }
}
