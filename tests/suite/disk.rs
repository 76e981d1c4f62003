//! Full disks, read-only folders, and unexpected files in place of folders or the database.

use std::process::Command;

use crate::command::Run;
use crate::dataset::Dataset;
use crate::feed::Feed;
use crate::small_disk::SmallDisk;

const COUNTS: &str = "SELECT count(*), count(DISTINCT id), max(id) FROM items";

#[track_caller]
fn check_says((code, said): (Option<i32>, String), expected_code: i32, expected: &[&str]) {
    assert_eq!(code, Some(expected_code), "{said}");
    for words in expected {
        assert!(said.contains(words), "missing {words:?} in: {said}");
    }
}

#[test]
fn a_disk_that_is_too_small_for_a_package() {
    let (dataset, feed) = (Dataset::new(), Feed::start(3));
    let Some(mut disk) = SmallDisk::mount(&dataset.pipelines()) else { return };
    let run = Run::new(&dataset, &feed.spec());
    check_says(disk.run(&run.command()), 0, &["items: 3 rows"]);
    feed.serve(20_000);
    let packages = dataset.pipelines().join("p/packages/").display().to_string();
    let expected = ["failed to write ", &packages, "free disk space and run again", "No space left on device"];
    for size in ["400k", "200k"] {
        disk.resize(size);
        check_says(disk.run(&run.command()), 1, &expected);
        assert_eq!(dataset.query(COUNTS), "3 3 3");
    }
    // fill the disk completely
    assert_ne!(disk.shell(&format!("cat /dev/zero > {}/zeros", dataset.pipelines().display())).0, 0);
    check_says(disk.run(&run.command()), 1, &expected);
    assert_eq!(dataset.query(COUNTS), "3 3 3");
    disk.resize("64m");
    check_says(disk.run(&run.command()), 0, &["items: 20000 rows"]);
    assert_eq!(dataset.query(COUNTS), "20003 20003 20003");
    assert_eq!(feed.requested_cursors(), ["0", "3", "3", "3"], "a run that cannot create a package sends no request");
}

#[test]
fn a_disk_that_is_too_small_for_the_database() {
    check_database_disk("2m", |_, _| {});
}

#[test]
fn a_disk_that_is_too_small_for_the_database_and_its_packages() {
    check_database_disk("5m", |dataset, disk| {
        let packages = dataset.dir().join("disk/pipelines");
        std::os::unix::fs::symlink(&packages, dataset.pipelines()).unwrap();
        assert_eq!(disk.shell(&format!("mkdir {}", packages.display())).0, 0);
    });
}

/// Checks that a package is saved if the database does not fit on the disk, and that a later run loads it.
#[track_caller]
fn check_database_disk(size: &str, prepare: impl Fn(&Dataset, &mut SmallDisk)) {
    let (dataset, feed) = (Dataset::new(), Feed::start(3));
    let folder = dataset.dir().join("disk");
    let Some(mut disk) = SmallDisk::mount(&folder) else { return };
    prepare(&dataset, &mut disk);
    let file = folder.join("data.duckdb");
    let run = Run::new(&dataset, &feed.spec());
    let command = || {
        let mut command = run.command();
        command.env("DESTINATION__DUCKDB__CREDENTIALS", &file);
        command
    };
    // only commands in the mount namespace see the file, so query a copy
    let rows = |disk: &mut SmallDisk| {
        let (from, to) = (file.display(), dataset.dir().display());
        assert_eq!(disk.shell(&format!("rm -f {to}/data.duckdb* && cp {from}* {to}")).0, 0);
        dataset.query(COUNTS)
    };
    check_says(disk.run(&command()), 0, &["items: 3 rows"]);
    disk.resize(size);
    feed.serve(20_000);
    let path = file.display().to_string();
    let expected = [&path, "No space left on device", "was saved; the next run loads it first"];
    check_says(disk.run(&command()), 1, &expected);
    assert_eq!(rows(&mut disk), "3 3 3");
    check_says(disk.run(&command()), 1, &expected);
    assert_eq!(feed.requested_cursors(), ["0", "3"], "no request is sent while the pending package does not fit");
    disk.resize("64m");
    feed.serve(2);
    check_says(disk.run(&command()), 0, &["recovered from an earlier run", "items: 20000 rows", "items: 2 rows"]);
    assert_eq!(rows(&mut disk), "20005 20005 20005");
    assert_eq!(feed.requested_cursors(), ["0", "3", "20003"]);
}

#[test]
fn a_working_folder_that_cannot_be_written() {
    let (dataset, feed) = (Dataset::new(), Feed::start(3));
    let Some(mut disk) = SmallDisk::mount(&dataset.pipelines()) else { return };
    let run = Run::new(&dataset, &feed.spec());
    let pipelines = dataset.pipelines().display().to_string();
    disk.make_read_only();
    check_says(disk.run(&run.command()), 1, &[&pipelines, "make the file system writable or choose another folder"]);
    disk.make_writable();
    check_says(disk.run(&run.command()), 0, &[]);
    disk.make_read_only();
    check_says(disk.run(&run.command()), 1, &[&pipelines, "the working folder must be writable", "Read-only file system"]);
    assert_eq!((feed.requested_cursors(), dataset.query(COUNTS)), (vec!["0".to_owned()], "3 3 3".to_owned()));
}

#[test]
fn a_database_that_cannot_be_written() {
    let (dataset, feed) = (Dataset::new(), Feed::start(3));
    let folder = dataset.dir().join("disk");
    let Some(mut disk) = SmallDisk::mount(&folder) else { return };
    let run = Run::new(&dataset, &feed.spec());
    let (mut command, path) = (run.command(), folder.join("data.duckdb"));
    command.env("DESTINATION__DUCKDB__CREDENTIALS", &path);
    check_says(disk.run(&command), 0, &[]);
    disk.make_read_only();
    check_says(disk.run(&command), 1, &["failed to open", &path.display().to_string(), "Read-only file system"]);
    assert_eq!(feed.requested_cursors(), ["0"], "no request is sent if rows cannot be loaded");
    disk.make_writable();
    check_says(disk.run(&command), 0, &["items: 3 rows"]);
    assert_eq!(feed.requested_cursors(), ["0", "3"]);
}

/// Runs after `put` has created an unexpected file or folder.
#[track_caller]
fn check_unexpected_file(put: impl Fn(&Dataset), expected: &[&str]) {
    let (dataset, feed) = (Dataset::new(), Feed::start(3));
    put(&dataset);
    check_says(Run::new(&dataset, &feed.spec()).says(&[]), 1, expected);
    assert!(feed.requested_cursors().is_empty());
}

#[test]
fn a_file_in_place_of_a_folder() {
    let expected = ["failed to create", "pipelines/p/packages", "a file exists where a folder is needed, move it"];
    check_unexpected_file(|dataset| std::fs::write(dataset.pipelines(), "").unwrap(), &expected);
    let of_pipeline = |dataset: &Dataset| {
        std::fs::create_dir(dataset.pipelines()).unwrap();
        std::fs::write(dataset.pipelines().join("p"), "").unwrap();
    };
    check_unexpected_file(of_pipeline, &expected);
}

#[test]
fn an_invalid_database_file() {
    let put = |text: &'static str| move |dataset: &Dataset| std::fs::write(dataset.file(), text).unwrap();
    check_unexpected_file(put("a letter\n"), &["failed to open", "data.duckdb", "not a valid DuckDB database file"]);
    check_unexpected_file(put(""), &["failed to open", "data.duckdb", "not a valid DuckDB database file"]);
    check_unexpected_file(
        |dataset| std::fs::create_dir(dataset.file()).unwrap(),
        &["failed to open", "data.duckdb", "Is a directory"],
    );
}

#[test]
fn a_full_disk_for_the_report() {
    let (dataset, feed) = (Dataset::new(), Feed::start(3));
    let mut command: Command = Run::new(&dataset, &feed.spec()).command();
    let Ok(full) = std::fs::File::options().write(true).open("/dev/full") else { return };
    let output = command.stdout(full).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.code() == Some(1) && said.contains("the load succeeded, but its report could not be written"),
        "{said}"
    );
    assert_eq!(dataset.query(COUNTS), "3 3 3");
}
