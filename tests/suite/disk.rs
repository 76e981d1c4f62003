//! Disks that are full, folders that cannot be written, and files in the place of others.

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
        assert!(said.contains(words), "{words:?} is not in: {said}");
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
    let expected = ["failed to write ", &packages, "make room on that disk and run again", "No space left on device"];
    for size in ["400k", "200k"] {
        disk.resize(size);
        check_says(disk.run(&run.command()), 1, &expected);
        assert_eq!(dataset.query(COUNTS), "3 3 3");
    }
    // Not a byte is left.
    assert_ne!(disk.shell(&format!("cat /dev/zero > {}/zeros", dataset.pipelines().display())).0, 0);
    check_says(disk.run(&run.command()), 1, &expected);
    assert_eq!(dataset.query(COUNTS), "3 3 3");
    disk.resize("64m");
    check_says(disk.run(&run.command()), 0, &["items: 20000 rows"]);
    assert_eq!(dataset.query(COUNTS), "20003 20003 20003");
    assert_eq!(feed.asked(), ["0", "3", "3", "3"], "a run that cannot begin a package does not ask");
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

/// The package is on disk before the database is too large, and is all that the next run needs.
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
    // Only commands on the disk see the file, so a copy is looked at.
    let rows = |disk: &mut SmallDisk| {
        let (from, to) = (file.display(), dataset.dir().display());
        assert_eq!(disk.shell(&format!("rm -f {to}/data.duckdb* && cp {from}* {to}")).0, 0);
        dataset.query(COUNTS)
    };
    check_says(disk.run(&command()), 0, &["items: 3 rows"]);
    disk.resize(size);
    feed.serve(20_000);
    let path = file.display().to_string();
    let expected = [&path, "No space left on device", "is complete and kept, the next run loads it first"];
    check_says(disk.run(&command()), 1, &expected);
    assert_eq!(rows(&mut disk), "3 3 3");
    check_says(disk.run(&command()), 1, &expected);
    assert_eq!(feed.asked(), ["0", "3"], "nothing is asked for before there is room for what waits");
    disk.resize("64m");
    feed.serve(2);
    check_says(disk.run(&command()), 0, &["loaded now, made before", "items: 20000 rows", "items: 2 rows"]);
    assert_eq!(rows(&mut disk), "20005 20005 20005");
    assert_eq!(feed.asked(), ["0", "3", "20003"]);
}

#[test]
fn a_working_folder_that_cannot_be_written() {
    let (dataset, feed) = (Dataset::new(), Feed::start(3));
    let Some(mut disk) = SmallDisk::mount(&dataset.pipelines()) else { return };
    let run = Run::new(&dataset, &feed.spec());
    let pipelines = dataset.pipelines().display().to_string();
    disk.make_read_only();
    check_says(disk.run(&run.command()), 1, &[&pipelines, "make it writable, or choose another folder"]);
    disk.make_writable();
    check_says(disk.run(&run.command()), 0, &[]);
    disk.make_read_only();
    check_says(disk.run(&run.command()), 1, &[&pipelines, "a run has to write to its working folder", "Read-only file system"]);
    assert_eq!((feed.asked(), dataset.query(COUNTS)), (vec!["0".to_owned()], "3 3 3".to_owned()));
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
    assert_eq!(feed.asked(), ["0"], "the source is not asked for what cannot be loaded");
    disk.make_writable();
    check_says(disk.run(&command), 0, &["items: 3 rows"]);
    assert_eq!(feed.asked(), ["0", "3"]);
}

/// Puts something where a file or a folder of the run should be.
#[track_caller]
fn check_in_the_way(put: impl Fn(&Dataset), expected: &[&str]) {
    let (dataset, feed) = (Dataset::new(), Feed::start(3));
    put(&dataset);
    check_says(Run::new(&dataset, &feed.spec()).says(&[]), 1, expected);
    assert!(feed.asked().is_empty());
}

#[test]
fn a_file_in_the_place_of_a_folder() {
    let expected = ["failed to create", "pipelines/p/packages", "a file is in the place of a folder, move it away"];
    check_in_the_way(|dataset| std::fs::write(dataset.pipelines(), "").unwrap(), &expected);
    let of_pipeline = |dataset: &Dataset| {
        std::fs::create_dir(dataset.pipelines()).unwrap();
        std::fs::write(dataset.pipelines().join("p"), "").unwrap();
    };
    check_in_the_way(of_pipeline, &expected);
}

#[test]
fn something_else_in_the_place_of_the_database() {
    let put = |text: &'static str| move |dataset: &Dataset| std::fs::write(dataset.file(), text).unwrap();
    check_in_the_way(put("a letter\n"), &["failed to open", "data.duckdb", "not a valid DuckDB database file"]);
    check_in_the_way(put(""), &["failed to open", "data.duckdb", "not a valid DuckDB database file"]);
    check_in_the_way(
        |dataset| std::fs::create_dir(dataset.file()).unwrap(),
        &["failed to open", "data.duckdb", "Is a directory"],
    );
}

#[test]
fn a_disk_with_no_room_for_the_report_of_a_run() {
    let (dataset, feed) = (Dataset::new(), Feed::start(3));
    let mut command: Command = Run::new(&dataset, &feed.spec()).command();
    let Ok(full) = std::fs::File::options().write(true).open("/dev/full") else { return };
    let output = command.stdout(full).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.code() == Some(1) && said.contains("everything was loaded, but the report cannot be written"),
        "{said}"
    );
    assert_eq!(dataset.query(COUNTS), "3 3 3");
}
