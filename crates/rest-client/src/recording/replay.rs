//! Recordings and their replay.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{fmt, fs};

use super::difference::{describe, distance};
use super::file_name::number;
use super::indexed_interaction::{IndexedInteraction, invalid, read};
use super::interaction::StoredRequest;
use super::manifest::{self, MANIFEST};
use super::replayed_response::ReplayedResponse;
use super::request_key::RequestKey;
use super::response_queue::ResponseQueue;
use super::scrub::Scrubber;
use super::similar_request::{has_mask, has_similar_body, has_similar_target};
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::outgoing::OutgoingRequest;

/// The behavior of a replay when a request is sent more often than it was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReplayMode {
    /// Returns an error. [`Recording::unused`] lists recorded requests that were not sent.
    Exact,
    /// Repeats the last response to an equal request.
    #[default]
    ByRequest,
}

/// A folder that a [`Recorder`](crate::Recorder) has written, for replay without a network.
///
/// Pass it to [`RestClientBuilder::replay`](crate::RestClientBuilder::replay). Clones are cheap and share which responses
/// were delivered, so several clients can share one.
///
/// A request gets the response of a recorded request with the same method, URL and body. The order of query parameters and
/// of keys in JSON bodies, the headers, and values masked as `***` are not compared, so a replay works without the original
/// credentials. Masks with a [checksum](crate::Recorder#secrets), such as `***-3f2a`, are compared. If no recorded request is
/// equal, each `***` matches any text. Responses to equal requests are delivered in recorded order. A request that was not
/// recorded is an error that describes the nearest recorded one.
///
/// The private key of a [JWT bearer grant](crate::JwtBearer) is not used, so that any text is accepted.
///
/// A unit test:
///
/// ```no_run
/// use catchment_rest_client::{Recording, ReplayMode, RestClient};
///
/// # async fn example() -> Result<(), catchment_rest_client::Error> {
/// let recording = Recording::open("tests/recordings/issues")?.with_mode(ReplayMode::Exact);
/// let client = RestClient::builder().base_url("https://api.example.com").replay(recording.clone()).build()?;
///
/// let mut pages = client.paginate(client.request("issues")?);
/// let mut rows = 0;
/// while let Some(page) = pages.next().await {
///     rows += page?.rows.ids.len();
/// }
/// assert_eq!(rows, 7);
/// assert!(recording.unused().is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Recording {
    index: Arc<Index>,
    mode: ReplayMode,
}

struct Index {
    folder: PathBuf,
    recorded_at: i64,
    /// In recorded order.
    interactions: Vec<Arc<IndexedInteraction>>,
    by_request: Mutex<HashMap<RequestKey, ResponseQueue>>,
}

impl Recording {
    /// Reads the index of a recording. Bodies are checked, but not kept in memory. Blocks.
    ///
    /// # Errors
    ///
    /// Returns an error that names the file if a file cannot be read or is invalid, and an error if the folder contains no
    /// recording.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Recording, Error> {
        let folder = folder.into();
        let manifest = folder.join(MANIFEST);
        if !manifest.is_file() {
            let reason = format!("the file {MANIFEST} is missing; check the path, or record first");
            return Err(invalid(&folder, reason));
        }
        let recorded_at = manifest::read(read(&manifest)?).map_err(|reason| invalid(&manifest, reason))?;
        let files = interaction_files(&folder)?.into_iter().enumerate();
        let interactions = files.map(|(position, path)| IndexedInteraction::read(position, path).map(Arc::new));
        let interactions = interactions.collect::<Result<Vec<_>, Error>>()?;
        let mut by_request: HashMap<RequestKey, ResponseQueue> = HashMap::new();
        for interaction in &interactions {
            by_request.entry(interaction.key.clone()).or_default().push(Arc::clone(interaction));
        }
        let by_request = Mutex::new(by_request);
        let index = Arc::new(Index { folder, recorded_at, interactions, by_request });
        Ok(Recording { index, mode: ReplayMode::default() })
    }

    /// Sets the mode. Default: [`ReplayMode::ByRequest`].
    #[must_use]
    pub fn with_mode(mut self, mode: ReplayMode) -> Recording {
        self.mode = mode;
        self
    }

    /// Returns the time at which the recording was started, in microseconds since 1970. Programs whose requests depend on
    /// the time replay with this time.
    pub fn recorded_at(&self) -> i64 {
        self.index.recorded_at
    }

    /// Returns the recorded requests whose responses were not delivered, in recorded order, such as
    /// `GET https://api.example.com/issues (0001-get-api.example.com-issues.json)`.
    ///
    /// A [parallel pagination](crate::RestClientBuilder::parallel_pages) may have recorded pages after the last one.
    pub fn unused(&self) -> Vec<String> {
        let unused = self.index.interactions.iter().filter(|interaction| !interaction.is_delivered.load(Ordering::Relaxed));
        unused.map(|interaction| interaction.shown()).collect()
    }

    /// Returns the response to a request.
    ///
    /// # Errors
    ///
    /// Returns an error if the request was not recorded, or in [`ReplayMode::Exact`] if all responses to it were delivered.
    pub(crate) fn respond(&self, request: &OutgoingRequest, scrubber: &Scrubber) -> Result<ReplayedResponse, Error> {
        let request = scrubber.request(request);
        let key = RequestKey::new(&request);
        if let Some(queue) = self.index.by_request().get_mut(&key) {
            return self.respond_from(queue);
        }
        let Some(similar) = self.similar_key(&request) else {
            return Err(ErrorKind::NotRecorded { reason: self.not_recorded(&request, &key) }.into());
        };
        self.respond_from(self.index.by_request().entry(similar).or_default())
    }

    /// Returns the next response to equal requests.
    fn respond_from(&self, queue: &mut ResponseQueue) -> Result<ReplayedResponse, Error> {
        if let Some(interaction) = queue.take() {
            return Ok(ReplayedResponse::new(self.clone(), interaction, true));
        }
        match queue.last().filter(|_| self.mode == ReplayMode::ByRequest) {
            Some(last) => Ok(ReplayedResponse::new(self.clone(), Arc::clone(last), false)),
            None => {
                let reason = format!(
                    "all {} recorded responses to this request were already delivered; record again, or use ReplayMode::ByRequest",
                    queue.len()
                );
                Err(ErrorKind::NotRecorded { reason }.into())
            }
        }
    }

    /// Makes a response available again that was not delivered.
    pub(super) fn give_back(&self, interaction: &IndexedInteraction) {
        if let Some(queue) = self.index.by_request().get_mut(&interaction.key) {
            queue.give_back(interaction);
        }
    }

    /// Returns the key of the first recorded request that is equal if each `***` represents any text. Prefers one whose
    /// response was not delivered; otherwise returns the last one.
    ///
    /// A replay may lack a secret that the recording had, and a request may contain masked parts of a response.
    fn similar_key(&self, request: &StoredRequest) -> Option<RequestKey> {
        let is_masked = has_mask(request);
        let mut last = None;
        for interaction in self.index.interactions.iter().filter(|interaction| is_masked || interaction.has_mask) {
            let target = (interaction.key.method.as_str(), interaction.url.as_str());
            if !has_similar_target(request, target) || !self.has_similar_body(request, interaction) {
                continue;
            }
            if !interaction.is_delivered.load(Ordering::Relaxed) {
                return Some(interaction.key.clone());
            }
            last = Some(interaction);
        }
        last.map(|interaction| interaction.key.clone())
    }

    fn has_similar_body(&self, request: &StoredRequest, interaction: &IndexedInteraction) -> bool {
        if request.body.is_none() || interaction.key.body.is_none() {
            return request.body.is_none() && interaction.key.body.is_none();
        }
        // a file that cannot be read is an error when its response is delivered
        interaction.load().is_ok_and(|recorded| has_similar_body(request.body.as_ref(), recorded.request.body.as_ref()))
    }

    fn not_recorded(&self, request: &StoredRequest, key: &RequestKey) -> String {
        let nearest = self.index.interactions.iter().min_by_key(|interaction| distance(key, &interaction.key));
        let Some(nearest) = nearest else {
            return format!("the recording {} has no requests; record again", self.index.folder.display());
        };
        // without the file, the description only lacks the field of the body
        let recorded_body = nearest.load().ok().and_then(|interaction| interaction.request.body);
        let difference = describe(key, &nearest.key, request.body.as_ref(), recorded_body.as_ref());
        format!("this request was not recorded; the nearest is {}: {difference}; record again", nearest.shown())
    }
}

impl Index {
    fn by_request(&self) -> MutexGuard<'_, HashMap<RequestKey, ResponseQueue>> {
        // the queues are consistent even after a panic
        self.by_request.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the interaction files of a folder, by the numbers in their names.
fn interaction_files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| invalid(folder, error.to_string()))? {
        let name = entry.map_err(|error| invalid(folder, error.to_string()))?.file_name().to_string_lossy().into_owned();
        if let Some(number) = number(&name) {
            files.push((number, name));
        }
    }
    files.sort_unstable();
    Ok(files.into_iter().map(|(_, name)| folder.join(name)).collect())
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Index { folder, interactions, .. } = &*self.index;
        let mut out = f.debug_struct("Recording");
        out.field("folder", folder).field("mode", &self.mode).field("interactions", &interactions.len()).finish_non_exhaustive()
    }
}
