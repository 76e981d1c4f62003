//! GitHub's API, or a generated substitute.

use std::io;

use catchment_sample_api::{Issues, Server};

/// GitHub's API, or with the argument `--offline` a generated API that this program serves.
#[derive(Debug)]
pub struct Api {
    server: Option<Server>,
}

impl Api {
    /// Selects the API by the command line.
    ///
    /// # Errors
    ///
    /// Returns an error if the generated API cannot be served.
    pub async fn from_args() -> io::Result<Api> {
        let offline = std::env::args().any(|arg| arg == "--offline");
        Ok(Api { server: if offline { Some(Server::start(Issues::new(2000, 7)).await?) } else { None } })
    }

    /// Returns the URL of the issues of a repository.
    pub fn issues(&self) -> String {
        let base_url = self.server.as_ref().map_or("https://api.github.com", Server::base_url);
        format!("{base_url}/repos/dlt-hub/dlt/issues")
    }
}
