//! Issues: stored facts and generated JSON.

use super::body::body;
use super::json::JsonWriter;
use super::people::{Label, User, labels};
use super::random::{Purpose, Random, mix};
use super::text::title;
use super::timeline::iso;

const API: &str = "https://api.example.test";
const REPOSITORY: &str = "https://api.example.test/repos/catchment/sample";
const PAGES: &str = "https://api.example.test/catchment/sample";

/// The facts of an issue that filters, sort orders and revisions need. All others are derived from seed
/// and number. Times are seconds since 1970.
#[derive(Clone, Debug)]
pub(super) struct IssueRecord {
    pub(super) created: i64,
    pub(super) updated: i64,
    pub(super) closed: Option<i64>,
    pub(super) comments: u64,
    pub(super) pull_request: bool,
    /// Number of revisions that changed the issue.
    pub(super) edits: u64,
}

impl IssueRecord {
    pub(super) fn new(seed: u64, number: u64, created: i64, updated: i64) -> Self {
        let mut random = Random::new(seed, Purpose::Facts, number, 0);
        let pull_request = random.chance(25);
        let closed = pull_request || random.chance(80);
        // in most cases, closing is the last change
        let since_created = (updated - created) as u64;
        let open_for = match random.chance(60) {
            true => since_created,
            false => random.below(since_created),
        };
        // skewed: many issues have few comments, few have many
        let most = random.below(40) + 1;
        let many = random.below(most) + 1;
        Self {
            created,
            updated,
            closed: closed.then_some(created + open_for as i64),
            comments: random.below(many),
            pull_request,
            edits: 0,
        }
    }
}

/// Writes an issue as an element of a list.
pub(super) fn write_issue(seed: u64, number: u64, entry: &IssueRecord, json: &mut JsonWriter) {
    let digits = number.to_string();
    let mut random = Random::new(seed, Purpose::Content, number, 0);
    let id = 300_000_000 + number * 131 + random.below(131);
    let author = User::author(&mut random);
    json.item(|json| {
        addresses(json, entry, &digits);
        json.number("id", id);
        node_id(json, if entry.pull_request { "PR_" } else { "I_" }, id);
        json.number("number", number);
        json.text_with("title", |out| {
            title(&mut Random::new(seed, Purpose::Title, number, entry.edits), out);
        });
        json.object("user", |json| user(json, author));
        json.list("labels", |json| {
            let (start, count) = label_choice(seed, number, entry.edits);
            labels(start, count).for_each(|choice| json.item(|json| label(json, choice)));
        });
        json.text("state", &[if entry.closed.is_some() { "closed" } else { "open" }]);
        json.boolean("locked", false);
        assignees(json, &mut random);
        json.null("milestone");
        json.number("comments", entry.comments);
        json.text("created_at", &[&iso(entry.created)]);
        json.text("updated_at", &[&iso(entry.updated)]);
        time_or_null(json, "closed_at", entry.closed);
        json.text("author_association", &[author.association()]);
        json.null("active_lock_reason");
        if entry.pull_request {
            json.boolean("draft", random.chance(4));
            let merged = random.chance(88);
            json.object("pull_request", |json| {
                json.text("url", &[REPOSITORY, "/pulls/", &digits]);
                json.text("html_url", &[PAGES, "/pull/", &digits]);
                json.text("diff_url", &[PAGES, "/pull/", &digits, ".diff"]);
                json.text("patch_url", &[PAGES, "/pull/", &digits, ".patch"]);
                time_or_null(json, "merged_at", entry.closed.filter(|_| merged));
            });
        }
        if random.chance(1) {
            json.null("body");
        } else {
            let random = Random::new(seed, Purpose::Body, number, 0);
            json.text_with("body", |out| body(random, out));
        }
        json.object("reactions", |json| reactions(json, &digits, &mut random));
        json.text("timeline_url", &[REPOSITORY, "/issues/", &digits, "/timeline"]);
        json.null("performed_via_github_app");
        if entry.closed.is_some() && !entry.pull_request {
            json.text("state_reason", &["completed"]);
        } else {
            json.null("state_reason");
        }
    });
}

fn addresses(json: &mut JsonWriter, entry: &IssueRecord, digits: &str) {
    json.text("url", &[REPOSITORY, "/issues/", digits]);
    json.text("repository_url", &[REPOSITORY]);
    json.text("labels_url", &[REPOSITORY, "/issues/", digits, "/labels{/name}"]);
    json.text("comments_url", &[REPOSITORY, "/issues/", digits, "/comments"]);
    json.text("events_url", &[REPOSITORY, "/issues/", digits, "/events"]);
    let kind = if entry.pull_request { "/pull/" } else { "/issues/" };
    json.text("html_url", &[PAGES, kind, digits]);
}

fn node_id(json: &mut JsonWriter, kind: &str, id: u64) {
    json.text("node_id", &[kind, &format!("{:016x}", mix(id))]);
}

fn time_or_null(json: &mut JsonWriter, key: &str, time: Option<i64>) {
    match time {
        Some(time) => json.text(key, &[&iso(time)]),
        None => json.null(key),
    }
}

fn user(json: &mut JsonWriter, user: User) {
    let login = user.login();
    json.text("login", &[&login]);
    json.number("id", user.id());
    node_id(json, "U_", user.id());
    json.text("avatar_url", &[API, "/avatars/u/", &user.id().to_string(), "?v=4"]);
    json.text("gravatar_id", &[]);
    json.text("url", &[API, "/users/", &login]);
    json.text("html_url", &[API, "/", &login]);
    for (key, end) in [
        ("followers_url", "/followers"),
        ("following_url", "/following{/other_user}"),
        ("gists_url", "/gists{/gist_id}"),
        ("starred_url", "/starred{/owner}{/repo}"),
        ("subscriptions_url", "/subscriptions"),
        ("organizations_url", "/orgs"),
        ("repos_url", "/repos"),
        ("events_url", "/events{/privacy}"),
        ("received_events_url", "/received_events"),
    ] {
        json.text(key, &[API, "/users/", &login, end]);
    }
    json.text("type", &["User"]);
    json.boolean("site_admin", false);
}

/// Returns the first label of an issue and the number of labels. Each edit adds or removes one.
fn label_choice(seed: u64, number: u64, edits: u64) -> (u64, usize) {
    let mut random = Random::new(seed, Purpose::Labels, number, 0);
    let start = random.below(1_000);
    let mut count = match random.below(100) {
        0..75 => 0,
        75..91 => 1,
        _ => 2,
    };
    for _ in 0..edits {
        let add = random.chance(50);
        count = match count {
            0 => 1,
            4 => 3,
            some if add => some + 1,
            some => some - 1,
        };
    }
    (start, count)
}

fn label(json: &mut JsonWriter, label: &Label) {
    json.number("id", label.id());
    node_id(json, "L_", label.id());
    json.text("url", &[REPOSITORY, "/labels/", label.in_url]);
    json.text("name", &[label.name]);
    json.text("color", &[label.color]);
    json.boolean("default", label.default);
    json.text("description", &[label.description]);
}

fn assignees(json: &mut JsonWriter, random: &mut Random) {
    if random.chance(31) {
        let assignee = User::maintainer(random);
        json.object("assignee", |json| user(json, assignee));
        json.list("assignees", |json| json.item(|json| user(json, assignee)));
    } else {
        json.null("assignee");
        json.list("assignees", |_| ());
    }
}

fn reactions(json: &mut JsonWriter, digits: &str, random: &mut Random) {
    let mut counts =
        [("+1", 0), ("-1", 0), ("laugh", 0), ("hooray", 0), ("confused", 0), ("heart", 0), ("rocket", 0), ("eyes", 0)];
    if random.chance(20) {
        for (kind, count) in &mut counts {
            let (percent, most) = match *kind {
                "+1" => (80, 15),
                "hooray" => (6, 11),
                "confused" | "rocket" => (5, 1),
                _ => (0, 0),
            };
            if random.chance(percent) {
                *count = 1 + random.below(most);
            }
        }
        // without any other reaction, add a "hooray"
        let none = counts.iter().all(|(_, count)| *count == 0);
        for (_, count) in counts.iter_mut().filter(|(kind, _)| none && *kind == "hooray") {
            *count = 1;
        }
    }
    json.text("url", &[REPOSITORY, "/issues/", digits, "/reactions"]);
    json.number("total_count", counts.iter().map(|(_, count)| count).sum());
    for (kind, count) in counts {
        json.number(kind, count);
    }
}

#[cfg(test)]
mod tests;
