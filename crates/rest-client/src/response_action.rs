//! Rules that ignore, retry or fail responses.

use std::fmt;
use std::sync::Arc;

use crate::error::Error;
use crate::response::Response;

/// A rule for responses with a status, a text in the body, or both.
///
/// The actions of a client are evaluated in order; the first verdict other than [`Verdict::Continue`] is final. Without one,
/// a response with a status of 200 to 299 is a success, and any other is an error.
///
/// ```
/// use catchment_rest_client::{ResponseAction, RestClient, Verdict};
///
/// let client = RestClient::builder()
///     .base_url("https://api.example.com")
///     // a missing list is an empty list
///     .response_action(ResponseAction::ignore().status(404))
///     // an error with status 200
///     .response_action(ResponseAction::retry().status(200).content("\"error\":\"busy\""))
///     .response_action(ResponseAction::from_fn(|response| {
///         let is_exhausted = response.headers().get("x-quota-left").is_some_and(|left| left == "0");
///         Ok(if is_exhausted { Verdict::Fail } else { Verdict::Continue })
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

/// The verdict of an action, or the function that returns it.
#[derive(Clone)]
enum Action {
    Decide(Verdict),
    Call(Arc<Call>),
}

type Call = dyn Fn(&mut Response) -> Result<Verdict, Error> + Send + Sync;

/// The treatment of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Leaves the decision to the next action, or to the status after the last action.
    Continue,
    /// Neither a page nor an error: a pagination ends before it. A single request returns the response.
    Ignore,
    /// An error that is retried, as with status 503.
    Retry,
    /// An error that is not retried.
    Fail,
}

impl ResponseAction {
    fn from_verdict(verdict: Verdict) -> ResponseAction {
        ResponseAction { status: None, content: None, action: Action::Decide(verdict) }
    }

    /// Creates an action that ends a pagination without an error.
    pub fn ignore() -> ResponseAction {
        ResponseAction::from_verdict(Verdict::Ignore)
    }

    /// Creates an action that retries the request within the retry policy.
    pub fn retry() -> ResponseAction {
        ResponseAction::from_verdict(Verdict::Retry)
    }

    /// Creates an action that fails the request.
    pub fn fail() -> ResponseAction {
        ResponseAction::from_verdict(Verdict::Fail)
    }

    /// Creates an action that calls a function, which can read the response and change its status and body.
    pub fn from_fn(function: impl Fn(&mut Response) -> Result<Verdict, Error> + Send + Sync + 'static) -> ResponseAction {
        ResponseAction { status: None, content: None, action: Action::Call(Arc::new(function)) }
    }

    /// Sets the status code to match. An invalid code never matches.
    #[must_use]
    pub fn status(mut self, status: u16) -> ResponseAction {
        self.status = Some(status);
        self
    }

    /// Sets a text that the body must contain, as it is written in the JSON.
    #[must_use]
    pub fn content(mut self, text: impl Into<String>) -> ResponseAction {
        self.content = Some(text.into());
        self
    }

    /// Returns the verdict for a response. Without a condition, only a function applies.
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

/// Returns the first verdict other than `Continue`.
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
