//! The recorder.

use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::file_name::file_name;
use super::interaction::{Interaction, StoredRequest};
use super::manifest::{self, MANIFEST};
use super::scrub::Scrubber;
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::outgoing::OutgoingRequest;

/// Writes requests and responses without secrets to a folder, one readable JSON file each, for [`Recording`].
///
/// Pass it to [`RestClientBuilder::record`]. Clones are cheap and write to the same folder, so several clients can share
/// one. Every exchange is recorded: redirects, retries, responses with an error status, and requests for access tokens.
/// A request without a response has no file; its number is missing.
///
/// A file such as `0001-get-api.example.com-issues.json` has the keys `request` (`method`, `url`, `headers`) and `response`
/// (`status`, `headers`). Each has a `body` if it is a JSON object or array, a `body_text` if it is other text, or else a
/// `body_base64`. Bodies are decompressed and in UTF-8. White space and escapes of JSON bodies are not kept. Of the body of an
/// error, the first 64 KiB are recorded, or all of it if the client has [response actions](crate::ResponseAction); of a
/// redirect, no body is recorded. The file `recording.json` has the time.
///
/// # Secrets
///
/// The recorder replaces by `***`:
///
/// - all headers configured in the client or the request, and headers with [secret names](crate::is_secret_name), except
///   headers of responses that end with `key`, such as `Surrogate-Key`, but not with `api-key` or the like
/// - `Cookie` headers, and the values in `Set-Cookie` headers
/// - query parameters of an [`Auth`](crate::Auth)
/// - strings in responses with names of credentials, such as `access_token`, `client_secret`, `password`, `api_key` and
///   `private_key`, regardless of case and separators
/// - every secret known to the [`Redactor`](crate::Redactor) of the client, also encoded, in URLs, headers and bodies
/// - in requests for access tokens all parameters and fields but `grant_type`, `scope`, `audience` and `resource`, and in
///   their responses all strings and numbers but type, scope and lifetime of the token, and text that is neither JSON nor a
///   form
///
/// Query parameters and fields of request bodies with secret names often contain data, as in `code=EUR`. Known secrets are
/// replaced by `***`, and other values by `***` with a short checksum of the value, such as `***-3f2a`, so that a replay
/// distinguishes the requests.
///
/// Data of rows is masked in the same way: columns with known secrets, with URLs that contain a user name or parameters with
/// secret names, or with names of credentials have other values in a replay than in the recorded run.
///
/// User, password and fragment of URLs are removed. **Secrets that the client does not know are kept in the data of
/// responses**, such as a password in a comment, and so are personal data. Read the files before you publish them.
///
/// ```no_run
/// use catchment_rest_client::{Recorder, RestClient};
///
/// # async fn example() -> Result<(), catchment_rest_client::Error> {
/// let recorder = Recorder::create("tests/recordings/issues")?;
/// let client = RestClient::builder().base_url("https://api.example.com").record(recorder).build()?;
/// client.get("issues", &[("state", "open")]).await?;
/// # Ok(())
/// # }
/// ```
///
/// [`Recording`]: crate::Recording
/// [`RestClientBuilder::record`]: crate::RestClientBuilder::record
#[derive(Clone)]
pub struct Recorder {
    shared: Arc<Shared>,
}

struct Shared {
    folder: PathBuf,
    /// Time of creation in microseconds since 1970.
    started_at: i64,
    last_number: AtomicU64,
    has_manifest: Mutex<bool>,
}

impl Recorder {
    /// Creates the folder. The first response creates the files, so that a run that fails earlier can be repeated.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder contains a file that is not hidden, or cannot be created.
    pub fn create(folder: impl Into<PathBuf>) -> Result<Recorder, Error> {
        let folder = folder.into();
        let failed = |error: io::Error| cannot_write(&folder, &error);
        fs::create_dir_all(&folder).map_err(failed)?;
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            // such as `.gitkeep`
            let is_hidden = name.to_string_lossy().starts_with('.');
            if !is_hidden {
                return Err(not_empty(&folder));
            }
        }
        let started_at = Timestamp::now().as_microsecond();
        let (last_number, has_manifest) = (AtomicU64::default(), Mutex::default());
        Ok(Recorder { shared: Arc::new(Shared { folder, started_at, last_number, has_manifest }) })
    }

    /// Returns the time at which the recording was created, in microseconds since 1970.
    pub fn recorded_at(&self) -> i64 {
        self.shared.started_at
    }

    /// Reserves the number of the next interaction, in the order in which requests are sent.
    ///
    /// Secrets are removed from the request at once: secrets of the response, such as a cookie, must not change the request
    /// with which a replay compares.
    pub(crate) fn reserve(&self, request: &OutgoingRequest, scrubber: Scrubber) -> InteractionSlot {
        let number = self.shared.last_number.fetch_add(1, Ordering::Relaxed) + 1;
        let request = scrubber.request(request);
        InteractionSlot { shared: Arc::clone(&self.shared), number, request, scrubber }
    }
}

/// An interaction whose response has not been read yet.
pub(crate) struct InteractionSlot {
    shared: Arc<Shared>,
    number: u64,
    request: StoredRequest,
    scrubber: Scrubber,
}

impl InteractionSlot {
    /// Writes the file of the interaction. Blocks.
    ///
    /// # Errors
    ///
    /// Returns an error if a file cannot be written.
    pub(crate) fn write(
        self,
        (status, headers): (StatusCode, &HeaderMap),
        (body, truncated): (&[u8], bool),
    ) -> Result<(), Error> {
        let InteractionSlot { shared, number, request, scrubber } = self;
        shared.write_manifest()?;
        let name = file_name(number, &request.method, &request.url);
        let response = scrubber.response(status, headers, body, truncated);
        shared.write_file(&name, &Interaction { request, response }.to_json())
    }
}

impl Shared {
    /// Writes the manifest before the first interaction.
    fn write_manifest(&self) -> Result<(), Error> {
        let mut has_manifest = self.has_manifest.lock().unwrap_or_else(PoisonError::into_inner);
        if !*has_manifest {
            if self.folder.join(MANIFEST).exists() {
                // another recorder was created for the folder in the meantime
                return Err(not_empty(&self.folder));
            }
            self.write_file(MANIFEST, &manifest::to_json(self.started_at))?;
            *has_manifest = true;
        }
        Ok(())
    }

    /// Writes a file under a temporary name and renames it, so that a file is complete or missing.
    fn write_file(&self, name: &str, text: &str) -> Result<(), Error> {
        let (path, temporary) = (self.folder.join(name), self.folder.join(format!(".{name}.tmp")));
        let write = || {
            fs::File::create(&temporary)?.write_all(text.as_bytes())?;
            fs::rename(&temporary, &path)
        };
        write().map_err(|error| {
            // the error of the write is more important
            let _ = fs::remove_file(&temporary);
            cannot_write(&path, &error)
        })
    }
}

fn not_empty(folder: &Path) -> Error {
    ErrorKind::RecordingFolderNotEmpty { path: folder.display().to_string() }.into()
}

fn cannot_write(path: &Path, error: &io::Error) -> Error {
    ErrorKind::RecordingNotWritten { path: path.display().to_string(), reason: error.to_string() }.into()
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("folder", &self.shared.folder).finish_non_exhaustive()
    }
}
