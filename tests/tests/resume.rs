//! A run that is killed at any moment goes on and ends with the bytes of an undisturbed one.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod program;

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use program::{SMALL_RUN, Workplace, assert_same, stderr};

const RUN: [&str; 4] = ["run", "run.toml", "--out", "disturbed"];

/// Long enough for any machine; only a hang lasts so long.
const LIMIT: Duration = Duration::from_mins(5);

/// A name, and whether the moment has come.
type Moment<'a> = (&'static str, Box<dyn Fn() -> bool + 'a>);

/// Starts the program and kills it as soon as `reached` is true; `false` where it ended before.
fn kill_when(mut command: Command, reached: impl Fn() -> bool) -> bool {
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    loop {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        if reached() {
            kill(&mut child);
            return true;
        }
        assert!(started.elapsed() < LIMIT, "the moment never came");
        std::thread::yield_now();
    }
}

/// `kill -9`.
fn kill(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Whether some file or folder below has a name with this ending.
fn some_name_ends(folder: &Path, ending: &str) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let path: PathBuf = entry.path();
        path.to_string_lossy().ends_with(ending) || some_name_ends(&path, ending)
    })
}

#[test]
fn a_run_killed_in_every_stage_ends_with_the_same_bytes() {
    let place = Workplace::new(SMALL_RUN);
    place.run_into("undisturbed");
    let out = place.path("disturbed");

    let moments: [Moment<'_>; 6] = [
        // The data are read right after.
        ("reading", Box::new(|| out.join("config.toml").exists())),
        (
            "pretraining",
            Box::new(|| out.join("checkpoints/base/pretrain/epoch-1").exists()),
        ),
        (
            "a checkpoint is written",
            Box::new(|| some_name_ends(&out.join("checkpoints/plain"), ".part")),
        ),
        (
            "inside an epoch",
            Box::new(|| out.join("checkpoints/plain/finetune/epoch-2").exists()),
        ),
        (
            "the fair model",
            Box::new(|| out.join("checkpoints/fair/finetune/epoch-3").exists()),
        ),
        (
            "the results are written",
            Box::new(|| out.join("audit/fair.json").exists()),
        ),
    ];
    for (name, reached) in moments {
        let killed = kill_when(place.program(&RUN), reached);
        assert!(killed || out.join("run.json").exists(), "{name}");
    }
    let output = place.equipoise(&RUN);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_same(&place.results("undisturbed"), &place.results("disturbed"));
    assert!(!out.join("checkpoints").exists());
    assert!(!some_name_ends(&out, ".part"));
}

#[test]
fn a_run_killed_again_and_again_gets_to_its_end() {
    let place = Workplace::new(SMALL_RUN);
    let started = Instant::now();
    place.run_into("undisturbed");
    let whole = started.elapsed();

    // Each life is a little longer than the one before; together they hit every stage, at
    // moments that no two machines share.
    let mut life = whole / 12;
    for number in 0.. {
        assert!(number < 60, "the run makes no progress");
        let born = Instant::now();
        if !kill_when(place.program(&RUN), || born.elapsed() > life) {
            break;
        }
        life += whole / 12;
    }
    let output = place.equipoise(&RUN);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_same(&place.results("undisturbed"), &place.results("disturbed"));
}
