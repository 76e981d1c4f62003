//! What pages cost beside the bare download, and how long slow ones take in parallel.
//!
//! Both sides ask the same server on loopback in turns, and the medians are compared, so that what else the machine does
//! hits both.

#![expect(clippy::print_stdout, reason = "a bench shows what it measured")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Read as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::bufread::GzEncoder;

use catchment_rest_client::testing::{ReceivedRequest, ScriptedResponse, ScriptedServer};
use catchment_rest_client::{HeaderLink, JsonLink, JsonPath, Offset, Paginator, RestClient, reqwest};

const PAGES: usize = 100;
const ROWS: usize = 100;
/// With this much text in each row, all pages have 46 MB.
const TEXT: usize = 4000;
const ROUNDS: usize = 15;

const SLOW_ROWS: usize = 1000;
const LATENCY: Duration = Duration::from_millis(100);

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        beside_the_download("links in a header, gzip", Encoding::Gzip, HeaderLink::default()).await?;
        beside_the_download("links in the body, gzip", Encoding::Gzip, JsonLink::default()).await?;
        beside_the_download("links in a header, plain", Encoding::Plain, HeaderLink::default()).await?;
        beside_the_download("links in the body, plain", Encoding::Plain, JsonLink::default()).await?;
        in_parallel(1).await?;
        in_parallel(10).await
    })
}

/// Text of some length that does not repeat itself soon, with what has to be escaped in JSON.
fn text(seed: usize) -> String {
    const WORDS: [&str; 16] = [
        "the",
        "load",
        "fails",
        "when",
        "a",
        "column",
        "of",
        "type",
        "pipeline",
        "is",
        "not",
        r#"\"quoted\""#,
        "see",
        "#1234",
        r"\r\n",
        "```python",
    ];
    let mut state = seed as u64 + 1;
    let mut text = String::with_capacity(TEXT);
    while text.len() < TEXT {
        // the generator of Knuth's MMIX
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.push_str(WORDS[(state >> 60) as usize]);
        text.push(' ');
    }
    text
}

/// A page of issues, with a link to the next one in its body.
fn page(number: usize) -> String {
    let mut body = String::from("{\"items\": [");
    for row in 0..ROWS {
        let (id, comma) = (number * ROWS + row, if row == 0 { "" } else { "," });
        let text = text(id);
        let _ = write!(
            body,
            r#"{comma}{{"id":{id},"node_id":"I_kwDOA{id:08}","number":{row},"title":"an issue","state":"open","locked":false,"comments":{row},
            "user":{{"login":"user{row}","id":{row},"type":"User","site_admin":false}},"labels":[{{"id":1,"name":"bug","color":"d73a4a"}},
            {{"id":2,"name":"help wanted","color":"008672"}}],"created_at":"2024-05-01T10:00:00Z","reactions":{{"+1":3,"heart":0}},
            "score":0.5,"assignee":null,"body":"{text}"}}"#
        );
    }
    let next = if number + 1 < PAGES { format!("\"/{}\"", number + 1) } else { "null".to_owned() };
    let _ = write!(body, "], \"next\": {next}}}");
    body
}

/// How bodies are sent: most APIs compress them, as both clients ask for.
#[derive(Clone, Copy)]
enum Encoding {
    Plain,
    Gzip,
}

impl Encoding {
    fn answer(self, body: &str) -> ScriptedResponse {
        match self {
            Encoding::Plain => ScriptedResponse::json(200, body),
            Encoding::Gzip => {
                let mut packed = Vec::new();
                let mut encoder = GzEncoder::new(body.as_bytes(), Compression::default());
                // reading from memory and writing to it does not fail
                let _ = encoder.read_to_end(&mut packed);
                ScriptedResponse::with_encoding("gzip", packed)
            }
        }
    }
}

fn number(request: &ReceivedRequest) -> usize {
    request.path.trim_start_matches('/').parse().unwrap_or(0)
}

async fn beside_the_download(name: &str, encoding: Encoding, paginator: impl Paginator + 'static) -> Result<(), Failure> {
    let answers: Arc<Vec<ScriptedResponse>> = Arc::new(
        (0..PAGES)
            .map(|number| {
                let answer = encoding.answer(&page(number));
                if number + 1 < PAGES { answer.header("Link", format!("</{}>; rel=next", number + 1)) } else { answer }
            })
            .collect(),
    );
    let bytes: usize = (0..PAGES).map(|number| page(number).len()).sum();
    let server = ScriptedServer::start(move |request| {
        answers.get(number(request)).cloned().unwrap_or_else(|| ScriptedResponse::json(404, ""))
    });
    let client = RestClient::builder().base_url(server.url()).paginator(paginator).build()?;
    let http = reqwest::Client::new();

    let (mut drained, mut paged) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        drained.push(timed(drain(&http, &server.url())).await?);
        paged.push(timed(read(&client)).await?);
    }
    let (drained, paged) = (median(drained), median(paged));
    println!(
        "{name}: {PAGES} pages, {:.1} MB: {:.0} ms, {:.2} times the {:.0} ms that draining them takes",
        bytes as f64 / 1e6,
        paged * 1e3,
        paged / drained,
        drained * 1e3,
    );
    Ok(())
}

async fn drain(http: &reqwest::Client, url: &str) -> Result<(), Failure> {
    for number in 0..PAGES {
        let mut answer = http.get(format!("{url}/{number}")).send().await?;
        while let Some(chunk) = answer.chunk().await? {
            black_box(chunk);
        }
    }
    Ok(())
}

async fn read(client: &RestClient) -> Result<(), Failure> {
    let mut pages = client.paginate(client.request("0")?);
    let mut rows = 0;
    while let Some(page) = pages.next().await {
        rows += black_box(page?).rows.ids.len();
    }
    if rows == PAGES * ROWS { Ok(()) } else { Err(format!("{rows} rows").into()) }
}

/// Reads pages that come slowly, by their offset, `pages` of them at a time.
async fn in_parallel(pages: usize) -> Result<(), Failure> {
    let limit = SLOW_ROWS / PAGES;
    let server = ScriptedServer::start(move |request| {
        let offset: usize = request.param("offset").and_then(|offset| offset.parse().ok()).unwrap_or(0);
        let rows: Vec<_> = (offset..SLOW_ROWS.min(offset + limit)).map(|id| id.to_string()).collect();
        ScriptedResponse::json(200, format!(r#"{{"rows": [{}], "total": {SLOW_ROWS}}}"#, rows.join(", "))).delay(LATENCY)
    });
    let paginator = Offset::new(limit as u64).total_path(JsonPath::key("total"));
    let client = RestClient::builder().base_url(server.url()).paginator(paginator).parallel_pages(pages).build()?;
    let seconds = timed(async {
        let mut found = client.paginate(client.request("rows")?);
        let mut rows = 0;
        while let Some(page) = found.next().await {
            rows += page?.rows.ids.len();
        }
        if rows == SLOW_ROWS { Ok(()) } else { Err(Failure::from(format!("{rows} rows"))) }
    })
    .await?;
    println!("{PAGES} pages with {LATENCY:?} latency each, {pages} at a time: {seconds:.2} s");
    Ok(())
}

/// Seconds that `work` takes.
async fn timed(work: impl Future<Output = Result<(), Failure>>) -> Result<f64, Failure> {
    let start = Instant::now();
    work.await?;
    Ok(start.elapsed().as_secs_f64())
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}
