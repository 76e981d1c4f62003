//! The download part of the floor.

use anyhow::{Context as _, Result};

/// Downloads all pages, starting at `url`, sequentially on one connection, and discards them.
pub(crate) fn download(url: &str) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let client = reqwest::Client::builder().build()?;
        let mut next = Some(url.to_owned());
        while let Some(url) = next {
            let response = client.get(&url).send().await?.error_for_status()?;
            next = next_link(response.headers()).map(str::to_owned);
            let body = response.bytes().await.with_context(|| format!("failed to get {url}"))?;
            std::hint::black_box(body);
        }
        Ok(())
    })
}

fn next_link(headers: &reqwest::header::HeaderMap) -> Option<&str> {
    let links = headers.get("link")?.to_str().ok()?.split(", ");
    let next = links.filter_map(|link| link.strip_suffix("; rel=\"next\"")).next()?;
    next.strip_prefix('<')?.strip_suffix('>')
}
