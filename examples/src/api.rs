//! GitHub's API, or one like it.

use std::io;

use catchment_sample_api::{Issues, Server};

/// GitHub's API; with `--offline` on the command line a generated one like it, served by this program.
#[derive(Debug)]
pub struct Api {
    server: Option<Server>,
}

impl Api {
    /// The API that the command line asks for.
    ///
    /// # Errors
    ///
    /// Where the generated one cannot be served.
    pub async fn from_args() -> io::Result<Api> {
        let offline = std::env::args().any(|arg| arg == "--offline");
        Ok(Api { server: if offline { Some(Server::start(Issues::new(2000, 7)).await?) } else { None } })
    }

    /// The URL of the issues of a repository.
    pub fn issues(&self) -> String {
        let base_url = self.server.as_ref().map_or("https://api.github.com", Server::base_url);
        format!("{base_url}/repos/dlt-hub/dlt/issues")
    }
}
