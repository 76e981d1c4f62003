//! Corrupt packages, and unrecognized files among packages.

use std::path::{Path, PathBuf};

use catchment::{PackageOutcome, Resource};

use crate::command::Run;
use crate::dataset::Dataset;
use crate::feed::Feed;
use crate::pipeline::{append, run};
use crate::recovery::package;
use crate::turns::held_at_second_request;

const LOAD_ID: &str = "1700000000.000000";

/// Creates a pending package and returns its folder.
fn pending(dataset: &Dataset) -> PathBuf {
    drop(package(dataset, LOAD_ID, "r", None, 1));
    dataset.pipelines().join("p/packages").join(LOAD_ID)
}

fn change(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(path).unwrap();
    change(&mut bytes);
    std::fs::write(path, bytes).unwrap();
}

/// Damages a file of a pending package. The next run moves it to the failed packages, with all files and the reason.
#[track_caller]
fn check(file: &str, damage: impl FnOnce(&mut Vec<u8>), expected: &str) {
    let dataset = Dataset::new();
    let folder = pending(&dataset);
    change(&folder.join(file), damage);
    let before = contents(&folder);
    let info = run(&dataset, r#"[{"id":2}]"#, append).unwrap();
    let outcomes: Vec<_> = info.packages.iter().map(|package| &package.outcome).collect();
    let reason = match &outcomes[..] {
        [PackageOutcome::Failed(reason), PackageOutcome::Loaded] => Some(reason),
        _ => None,
    };
    let reason = reason.unwrap();
    assert!(reason.contains(expected) && reason.contains(file), "{reason}");
    assert_eq!(dataset.query("SELECT id FROM items"), "2");
    let failed_dir = dataset.pipelines().join("p/aside").join(LOAD_ID);
    let kept = contents(&failed_dir);
    assert!(before.iter().all(|file| kept.contains(file)), "no file is lost");
    assert_eq!(&std::fs::read_to_string(failed_dir.join("reason.txt")).unwrap(), reason);
    // the failed package does not affect later runs
    assert_eq!(run(&dataset, r#"[{"id":3}]"#, append).unwrap().packages.len(), 1);
}

/// Returns the names and bytes of the files in a folder, except the lock.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let files = files.filter(|file| file.file_name() != "lock");
    files.map(|file| (file.file_name().into(), std::fs::read(file.path()).unwrap())).collect()
}

#[test]
fn a_package_with_a_corrupt_segment() {
    check("000001.arrows", |bytes| bytes[100] ^= 1, "its checksum does not match");
    check("000001.arrows", |bytes| bytes.truncate(99), "it has 99 bytes");
    check("000001.arrows", Vec::clear, "it has 0 bytes");
}

#[test]
fn a_package_with_a_corrupt_journal() {
    check("journal", |bytes| bytes[20] ^= 1, "line 1 does not match its checksum");
    check("journal", |bytes| *bytes.iter_mut().nth_back(10).unwrap() ^= 1, "line 3 does not match its checksum");
}

#[test]
fn a_package_with_a_missing_segment() {
    let dataset = Dataset::new();
    std::fs::remove_file(pending(&dataset).join("000001.arrows")).unwrap();
    let info = run(&dataset, r#"[{"id":2}]"#, append).unwrap();
    assert!(info.to_string().contains("000001.arrows is corrupt: the file is missing"), "{info}");
    assert_eq!(dataset.query("SELECT id FROM items"), "2");
}

#[test]
fn corrupt_extracted_rows() {
    let dataset = Dataset::new();
    let check = |damage: &dyn Fn(&mut Vec<u8>), expected: &str, failed: usize| {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (pipeline, rows) = (dataset.pipeline(), Resource::rows("lost", [1, 2, 3]));
        let load_id = runtime.block_on(pipeline.extract(rows)).unwrap().load_id;
        change(&dataset.pipelines().join("p/extracted").join(load_id).join("pages"), damage);
        let info = run(&dataset, r#"[{"id":1}]"#, append).unwrap();
        assert!(info.to_string().contains(expected), "{info}");
        assert_eq!(std::fs::read_dir(dataset.pipelines().join("p/aside")).unwrap().count(), failed);
    };
    check(&|bytes| bytes[20] ^= 1, "pages is corrupt: line 1 does not match its checksum", 1);
    check(&|bytes| *bytes.iter_mut().nth_back(10).unwrap() ^= 1, "pages is corrupt: line 3 does not match its checksum", 2);
    assert_eq!(dataset.query("SELECT count(*) FROM items"), "2");
    assert_eq!(dataset.query("SELECT table_name FROM information_schema.tables WHERE table_name = 'lost'"), "");
}

#[test]
fn rows_of_a_corrupt_package_are_extracted_again() {
    let dataset = Dataset::new();
    let (feed, held) = held_at_second_request(&dataset);
    let run = Run::new(&dataset, &feed.spec());
    assert_eq!(run.says(&[]).0, Some(0));
    let output = run.command().env("DESTINATION__DUCKDB__WAIT", "0").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    *held.lock().unwrap() = None;
    let package = std::fs::read_dir(dataset.pipelines().join("p/packages")).unwrap().next().unwrap().unwrap().path();
    change(&package.join("000001.arrows"), |bytes| bytes.truncate(10));

    let (code, said) = run.says(&[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("ERROR package ") && said.contains("000001.arrows is corrupt: it has 10 bytes"), "{said}");
    assert!(said.contains(": failed: "), "the report contains it too: {said}");
    assert_eq!(dataset.query("SELECT count(*), count(DISTINCT id), max(id) FROM items"), "6 6 6");
    assert_eq!(feed.requested_cursors(), ["0", "3", "3"]);
}

#[test]
fn a_corrupt_package_fails_the_run_with_raise_on_failed_jobs() {
    let (dataset, feed) = (Dataset::new(), Feed::start(3));
    change(&pending(&dataset).join("journal"), |bytes| bytes[20] ^= 1);
    let run = Run::new(&dataset, &feed.spec());
    let mut command = run.command();
    let output = command.env("LOAD__RAISE_ON_FAILED_JOBS", "true").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let expected = format!("error: package {LOAD_ID} cannot be loaded and was moved to ");
    assert!(output.status.code() == Some(1) && said.starts_with(&expected), "{said}");
    assert!(said.contains("journal is corrupt: line 1 does not match its checksum"), "{said}");
    assert!(feed.requested_cursors().is_empty(), "the run fails before it extracts");
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "the failed package does not block the next run");
    let output = command.env("LOAD__RAISE_ON_FAILED_JOBS", "perhaps").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && said.contains("raise_on_failed_jobs"), "{said}");
}

#[test]
fn a_package_of_a_later_format_is_an_error_and_stays() {
    let dataset = Dataset::new();
    let journal = pending(&dataset).join("journal");
    let line = "09a28ea9 {\"format\":4,\"what\":\"ever\"}\n";
    std::fs::write(&journal, line).unwrap();
    let error = run(&dataset, r#"[{"id":2}]"#, append).unwrap_err().to_string();
    assert!(error.contains("has package format 4, but this version supports formats up to 3"), "{error}");
    assert_eq!(std::fs::read_to_string(&journal).unwrap(), line);
}

#[test]
fn unrecognized_files_are_reported_and_ignored() {
    let (dataset, feed) = (Dataset::new(), Feed::start(3));
    pending(&dataset);
    let folder = dataset.pipelines().join("p");
    let theirs = ["packages/.DS_Store", "packages/2024.12/report.pdf", "extracted/notes/pages"].map(|path| folder.join(path));
    for path in &theirs {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "theirs").unwrap();
    }
    let (code, said) = Run::new(&dataset, &feed.spec()).says(&[]);
    assert_eq!(code, Some(0), "{said}");
    let names = ["extracted/notes", "packages/.DS_Store", "packages/2024.12"].map(|name| folder.join(name).display().to_string());
    let warning = format!("ignored unrecognized files in the package folders: {}; move them elsewhere", names.join(", "));
    assert_eq!(said.matches(&warning).count(), 1, "{said}");
    assert!(theirs.iter().all(|path| std::fs::read(path).unwrap() == b"theirs"));
    assert_eq!(dataset.query("SELECT count(*) FROM _dlt_loads"), "2");
}
