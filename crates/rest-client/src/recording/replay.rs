//! Recordings and their replay.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{fmt, fs};

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::body::StoredBody;
use super::difference::{describe, distance};
use super::file_name::number;
use super::interaction::{Interaction, StoredRequest};
use super::manifest::{self, MANIFEST};
use super::replayed_response::ReplayedResponse;
use super::request_key::RequestKey;
use super::scrub::Scrubber;
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
/// A request gets the response of a recorded request with the same method, URL and body. The order of query parameters,
/// the headers, and masked values are not compared, so a replay works without the original credentials; secrets outside of
/// headers and [secret names](crate::is_secret_name) need at least 4 bytes. Responses to equal requests are delivered in
/// recorded order. A request that was not recorded is an error that describes the nearest recorded one.
///
/// A JSON Web Token grant still needs a valid private key, but any key will do.
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
    interactions: Vec<IndexedInteraction>,
    /// The positions in `interactions` by request, ascending.
    by_request: HashMap<RequestKey, Vec<usize>>,
    /// Whether each interaction was delivered.
    used: Mutex<Vec<bool>>,
}

/// An interaction without its bodies.
pub(super) struct IndexedInteraction {
    pub(super) path: PathBuf,
    url: String,
    key: RequestKey,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// Number of bytes of the body of the response.
    pub(super) body_len: usize,
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
        let mut interactions = Vec::new();
        for path in interaction_files(&folder)? {
            interactions.push(IndexedInteraction::read(path)?);
        }
        let mut by_request: HashMap<RequestKey, Vec<usize>> = HashMap::new();
        for (position, interaction) in interactions.iter().enumerate() {
            by_request.entry(interaction.key.clone()).or_default().push(position);
        }
        let used = Mutex::new(vec![false; interactions.len()]);
        let index = Arc::new(Index { folder, recorded_at, interactions, by_request, used });
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
        let used = self.index.used();
        let unused = self.index.interactions.iter().zip(&*used).filter(|(_, used)| !**used);
        unused.map(|(interaction, _)| interaction.shown()).collect()
    }

    /// Returns the response to a request.
    ///
    /// # Errors
    ///
    /// Returns an error if the request was not recorded, or in [`ReplayMode::Exact`] if all responses to it were delivered.
    pub(crate) fn respond(&self, request: &OutgoingRequest, scrubber: &Scrubber) -> Result<ReplayedResponse, Error> {
        let request = scrubber.request(request);
        let key = RequestKey::new(&request);
        let Some(positions) = self.index.by_request.get(&key) else {
            return Err(ErrorKind::NotRecorded { reason: self.not_recorded(&request, &key) }.into());
        };
        let mut used = self.index.used();
        for position in positions {
            if let Some(used) = used.get_mut(*position).filter(|used| !**used) {
                *used = true;
                return Ok(ReplayedResponse::new(self.clone(), *position, true));
            }
        }
        match positions.last().filter(|_| self.mode == ReplayMode::ByRequest) {
            Some(last) => Ok(ReplayedResponse::new(self.clone(), *last, false)),
            None => {
                let reason = format!(
                    "all {} recorded responses to this request were already delivered; record again, or use ReplayMode::ByRequest",
                    positions.len()
                );
                Err(ErrorKind::NotRecorded { reason }.into())
            }
        }
    }

    pub(super) fn interaction(&self, position: usize) -> Option<&IndexedInteraction> {
        self.index.interactions.get(position)
    }

    /// Makes a response available again that was not delivered.
    pub(super) fn give_back(&self, position: usize) {
        self.index.used().get_mut(position).into_iter().for_each(|used| *used = false);
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
    fn used(&self) -> MutexGuard<'_, Vec<bool>> {
        // the flags are consistent even after a panic
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl IndexedInteraction {
    fn read(path: PathBuf) -> Result<IndexedInteraction, Error> {
        let Interaction { request, response } = load(&path)?;
        let headers = response.headers.to_map().map_err(|reason| invalid(&path, reason))?;
        let body_len = response.body.as_ref().map_or(0, StoredBody::len);
        Ok(IndexedInteraction {
            key: RequestKey::new(&request),
            url: request.url,
            path,
            status: response.status,
            headers,
            body_len,
        })
    }

    /// Reads the file again.
    pub(super) fn load(&self) -> Result<Interaction, Error> {
        load(&self.path)
    }

    fn shown(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        format!("{} {} ({})", self.key.method, self.url, name.display())
    }
}

/// Returns the JSON files of a folder except the manifest, by the numbers in their names.
fn interaction_files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| invalid(folder, error.to_string()))? {
        let name = entry.map_err(|error| invalid(folder, error.to_string()))?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".json") && !name.starts_with('.') && name != MANIFEST {
            files.push((number(&name), name));
        }
    }
    files.sort_unstable();
    Ok(files.into_iter().map(|(_, name)| folder.join(name)).collect())
}

fn load(path: &Path) -> Result<Interaction, Error> {
    Interaction::from_json(read(path)?).map_err(|reason| invalid(path, reason))
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|error| invalid(path, error.to_string()))
}

fn invalid(path: &Path, reason: String) -> Error {
    ErrorKind::InvalidRecording { path: path.display().to_string(), reason }.into()
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Index { folder, interactions, .. } = &*self.index;
        let mut out = f.debug_struct("Recording");
        out.field("folder", folder).field("mode", &self.mode).field("interactions", &interactions.len()).finish_non_exhaustive()
    }
}
