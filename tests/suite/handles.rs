//! Runs with closed standard handles or a low limit on open files.

use std::process::Command;

use crate::command::Run;
use crate::dataset::Dataset;
use crate::feed::Feed;

/// Runs the command in a shell after `setup`.
fn in_shell(run: &Run<'_>, setup: &str) -> (Option<i32>, String) {
    let command = run.command();
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!(r#"{setup}; exec "$0" "$@""#)]).arg(command.get_program()).args(command.get_args());
    shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = shell.current_dir(command.get_current_dir().unwrap()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code(), text)
}

#[test]
fn closed_standard_handles() {
    let (dataset, feed) = (Dataset::new(), Feed::start(3));
    let run = Run::new(&dataset, &feed.spec());
    let closed = ["exec <&-", "exec >&-", "exec 2>&-", "exec <&- >&- 2>&-"];
    for (n, handles) in (1..).zip(closed) {
        assert_eq!(in_shell(&run, handles).0, Some(0), "{handles}");
        assert_eq!(dataset.query("SELECT count(DISTINCT id) FROM items"), (3 * n).to_string(), "{handles}");
    }
    dataset.check_integrity("items", &[]);
    drop(feed);
    assert_eq!(in_shell(&run, "exec <&- >&- 2>&-").0, Some(1), "the server has been stopped");
}

#[test]
fn a_limit_on_open_files() {
    let (dataset, feed) = (Dataset::new(), Feed::start(3));
    let run = Run::new(&dataset, &feed.spec());
    assert_eq!(run.says(&[]).0, Some(0));
    let mut failed = 0;
    for limit in 4..24 {
        match in_shell(&run, &format!("ulimit -n {limit}")) {
            (Some(0), _) => {}
            (Some(1), said) => {
                assert!(said.contains("error: ") && said.contains("open files"), "{limit}: {said}");
                failed += 1;
            }
            (code, said) => panic!("{limit}: exit code {code:?}: {said}"),
        }
    }
    assert!(failed > 3, "only {failed} runs failed to open a file");
    assert_eq!(run.says(&[]).0, Some(0));
    let ids = dataset.query("SELECT count(*) - max(id), count(DISTINCT id) - max(id) FROM items");
    assert_eq!(ids, "0 0", "each row is loaded once");
    dataset.check_integrity("items", &[]);
    assert_eq!(std::fs::read_dir(dataset.pipelines().join("p/packages")).unwrap().count(), 0);
}
