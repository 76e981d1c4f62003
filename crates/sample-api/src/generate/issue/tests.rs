//! Compares generated issues with statistics measured on a page of GitHub's API.

use serde_json::Value;

use super::*;
use crate::generate::Issues;

const COUNT: u64 = 4_000;

fn sample() -> Vec<Value> {
    let issues = Issues::new(COUNT as u32, 11);
    issues.pages(100).flat_map(|page| serde_json::from_str::<Vec<Value>>(&page).unwrap()).collect()
}

/// Returns the keys of an object in document order.
fn keys(json: &str) -> Vec<String> {
    struct Keys(Vec<String>);
    impl<'de> serde::Deserialize<'de> for Keys {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Visitor;
            impl<'de> serde::de::Visitor<'de> for Visitor {
                type Value = Keys;
                fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                    formatter.write_str("an object")
                }
                fn visit_map<M: serde::de::MapAccess<'de>>(self, mut map: M) -> Result<Keys, M::Error> {
                    let mut keys = Vec::new();
                    while let Some((key, _)) = map.next_entry::<String, serde::de::IgnoredAny>()? {
                        keys.push(key);
                    }
                    Ok(Keys(keys))
                }
            }
            deserializer.deserialize_map(Visitor)
        }
    }
    serde_json::from_str::<Keys>(json).unwrap().0
}

#[test]
fn key_order_matches_github() {
    let head = "url repository_url labels_url comments_url events_url html_url id node_id number \
                title user labels state locked assignee assignees milestone comments created_at \
                updated_at closed_at author_association active_lock_reason";
    let pull_request = "draft pull_request";
    let tail = "body reactions timeline_url performed_via_github_app state_reason";
    let issues = Issues::new(100, 11);
    for number in 1..=100 {
        let json = issues.issue(number).unwrap();
        let middle = match json.contains("\"pull_request\":") {
            true => pull_request,
            false => "",
        };
        let expected = [head, middle, tail].join(" ");
        let expected: Vec<&str> = expected.split_whitespace().collect();
        assert_eq!(keys(&json), expected, "issue {number}");
    }
    let mut user_json = String::new();
    let author = User::author(&mut Random::new(0, Purpose::Content, 0, 0));
    JsonWriter::new(&mut user_json).item(|json| user(json, author));
    let expected = "login id node_id avatar_url gravatar_id url html_url followers_url \
                    following_url gists_url starred_url subscriptions_url organizations_url \
                    repos_url events_url received_events_url type site_admin";
    assert_eq!(keys(&user_json), expected.split_whitespace().collect::<Vec<_>>());
}

/// Asserts that `percent` of the issues, plus or minus two points, satisfy `condition`.
#[track_caller]
fn check(sample: &[Value], percent: f64, condition: impl Fn(&Value) -> bool) {
    let count = sample.iter().filter(|issue| condition(issue)).count();
    let share = 100.0 * count as f64 / sample.len() as f64;
    assert!((share - percent).abs() < 2.0, "{share} % instead of {percent} %");
}

fn length(value: &Value) -> usize {
    value.as_array().unwrap().len()
}

#[test]
fn shares_match_github() {
    let sample = sample();
    check(&sample, 85.0, |issue| issue["state"] == "closed");
    check(&sample, 25.0, |issue| issue.get("pull_request").is_some());
    check(&sample, 22.0, |issue| issue["pull_request"]["merged_at"].is_string());
    check(&sample, 25.0, |issue| issue.get("draft").is_some());
    check(&sample, 1.0, |issue| issue["draft"] == true);
    check(&sample, 1.0, |issue| issue["body"].is_null());
    check(&sample, 15.0, |issue| issue["closed_at"].is_null());
    check(&sample, 40.0, |issue| issue["state_reason"].is_null());
    check(&sample, 69.0, |issue| issue["assignee"].is_null());
    check(&sample, 31.0, |issue| length(&issue["assignees"]) == 1);
    check(&sample, 75.0, |issue| length(&issue["labels"]) == 0);
    check(&sample, 16.0, |issue| length(&issue["labels"]) == 1);
    check(&sample, 9.0, |issue| length(&issue["labels"]) == 2);
    check(&sample, 80.0, |issue| issue["reactions"]["total_count"] == 0);
    check(&sample, 47.0, |issue| issue["author_association"] == "NONE");
    for key in ["milestone", "active_lock_reason", "performed_via_github_app"] {
        check(&sample, 100.0, |issue| issue[key].is_null());
    }
}

#[test]
fn sizes_match_github() {
    let bytes: usize = Issues::new(COUNT as u32, 11).pages(100).map(|page| page.len()).sum();
    let mean = bytes as u64 / COUNT;
    assert!((4_500..5_300).contains(&mean), "{mean} bytes per issue");

    let sample = sample();
    let bodies: Vec<&str> = sample.iter().filter_map(|issue| issue["body"].as_str()).collect();
    let characters: usize = bodies.iter().map(|body| body.chars().count()).sum();
    let per_mille = |text: &str| {
        let count: usize = bodies.iter().map(|body| body.matches(text).count()).sum();
        1_000.0 * count as f64 / characters as f64
    };
    let check_frequency = |text: &str, expected: f64| {
        let found = per_mille(text);
        assert!((0.6..1.6).contains(&(found / expected)), "{text:?}: {found}");
    };
    check_frequency("\r\n", 17.9);
    check_frequency("\n", 21.6);
    check_frequency("\"", 3.1);
    check_frequency("\\", 1.1);
    check_frequency("\t", 0.2);
    check(&sample, 15.0, |issue| issue["body"].as_str().is_some_and(|body| !body.is_ascii()));
    let non_ascii: usize = bodies.iter().flat_map(|body| body.chars()).filter(|c| !c.is_ascii()).count();
    let non_ascii = 1_000.0 * non_ascii as f64 / characters as f64;
    assert!((10.0..25.0).contains(&non_ascii), "{non_ascii} of 1000 characters are not ASCII");

    let titles: usize = sample.iter().map(|issue| issue["title"].as_str().unwrap().len()).sum();
    assert!((45..52).contains(&(titles as u64 / COUNT)));
}
