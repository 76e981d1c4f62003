//! What is made of certain answers.

use std::fmt;
use std::sync::Arc;

use crate::error::Error;
use crate::response::Response;

/// What to do with an answer that has a status, a text in its body, or both.
///
/// The actions of a client are tried in their order. The first one that applies and decides does so for good; where
/// none does, an answer with a status of 200 to 299 is good, and any other one is an error.
///
/// ```
/// use catchment_rest_client::{ResponseAction, RestClient, Verdict};
///
/// let client = RestClient::builder()
///     .base_url("https://api.example.com")
///     // a list that is not there is an empty one
///     .response_action(ResponseAction::ignore().status(404))
///     // an error inside a 200
///     .response_action(ResponseAction::retry().status(200).content("\"error\":\"busy\""))
///     .response_action(ResponseAction::from_fn(|response| {
///         let is_over = response.headers().get("x-quota-left").is_some_and(|left| left == "0");
///         Ok(if is_over { Verdict::Fail } else { Verdict::Continue })
///     }))
///     .build()?;
/// # Ok::<(), catchment_rest_client::Error>(())
/// ```
#[derive(Clone)]
pub struct ResponseAction {
    status: Option<u16>,
    content: Option<String>,
    action: Action,
}

/// What is to be done.
#[derive(Clone)]
enum Action {
    Decide(Verdict),
    Call(Arc<Call>),
}

type Call = dyn Fn(&mut Response) -> Result<Verdict, Error> + Send + Sync;

/// What becomes of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The next action decides, and after the last one the status.
    Continue,
    /// It is no page, and no error either: the pages end before it. A single request gets it as it is.
    Ignore,
    /// It is an error, and the request is sent again as after the status 503.
    Retry,
    /// It is an error for good.
    Fail,
}

impl ResponseAction {
    fn from_verdict(verdict: Verdict) -> ResponseAction {
        ResponseAction { status: None, content: None, action: Action::Decide(verdict) }
    }

    /// Ends the pages silently.
    pub fn ignore() -> ResponseAction {
        ResponseAction::from_verdict(Verdict::Ignore)
    }

    /// Sends the request again, within the retry policy.
    pub fn retry() -> ResponseAction {
        ResponseAction::from_verdict(Verdict::Retry)
    }

    /// Makes it an error.
    pub fn fail() -> ResponseAction {
        ResponseAction::from_verdict(Verdict::Fail)
    }

    /// Calls a function, which may look at status, headers and body, and change status and body.
    pub fn from_fn(function: impl Fn(&mut Response) -> Result<Verdict, Error> + Send + Sync + 'static) -> ResponseAction {
        ResponseAction { status: None, content: None, action: Action::Call(Arc::new(function)) }
    }

    /// Only for answers with this status. A number that no status can be is one that no answer has.
    #[must_use]
    pub fn status(mut self, status: u16) -> ResponseAction {
        self.status = Some(status);
        self
    }

    /// Only for answers that have this text in their body, as it stands there.
    #[must_use]
    pub fn content(mut self, text: impl Into<String>) -> ResponseAction {
        self.content = Some(text.into());
        self
    }

    /// What it says of an answer. Without a condition only a function applies.
    fn verdict(&self, response: &mut Response) -> Result<Verdict, Error> {
        let has_status = self.status.is_none_or(|status| status == response.status().as_u16());
        let applies = has_status && self.content.as_ref().is_none_or(|content| response.has_text(content));
        let is_conditional = self.status.is_some() || self.content.is_some();
        match &self.action {
            Action::Call(function) if applies => function(response),
            Action::Decide(verdict) if applies && is_conditional => Ok(*verdict),
            _ => Ok(Verdict::Continue),
        }
    }
}

/// What the first action says that decides.
pub(crate) fn evaluate(actions: &[ResponseAction], response: &mut Response) -> Result<Verdict, Error> {
    for action in actions {
        match action.verdict(response)? {
            Verdict::Continue => {}
            decided => return Ok(decided),
        }
    }
    Ok(Verdict::Continue)
}

impl fmt::Debug for ResponseAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let action = match &self.action {
            Action::Decide(verdict) => format!("{verdict:?}"),
            Action::Call(_) => "Call".to_owned(),
        };
        let (status, content) = (self.status, &self.content);
        f.debug_struct("ResponseAction").field("status", &status).field("content", content).field("action", &action).finish()
    }
}
