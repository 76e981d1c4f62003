//! The server of the pages.

use std::path::Path;

use anyhow::Result;
use catchment_sample_api::{Bytes, Server};

use crate::pages;

/// Serves the pages in `dir`, prints the URL of the first page, and exits when stdin is closed.
pub(crate) fn serve(dir: &Path) -> Result<()> {
    let pages = pages::read(dir)?.into_iter().map(Bytes::from).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let server = runtime.block_on(Server::start_with_pages(pages))?;
    println!("{}/pages", server.base_url());
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink())?;
    Ok(())
}
