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

/// Kills a run at one moment and lets the same command end it; the results must be those of an
/// undisturbed run.
fn kill_once(place: &Workplace, name: &str, reached: impl Fn(&Path) -> bool) {
    // A moment may pass between two looks at the folder: then it is tried again.
    for attempt in 0..20 {
        let out = format!("{name}-{attempt}");
        let folder = place.path(&out);
        let args = ["run", "run.toml", "--out", &out];
        if !kill_when(place.program(&args), || reached(&folder)) {
            continue;
        }
        assert!(!folder.join("run.json").exists(), "{name}: killed too late");
        let output = place.equipoise(&args);
        assert!(output.status.success(), "{name}: {}", stderr(&output));
        assert_same(&place.results("undisturbed"), &place.results(&out));
        assert!(!folder.join("checkpoints").exists(), "{name}");
        assert!(!some_name_ends(&folder, ".part"), "{name}");
        return;
    }
    panic!("{name}: the run always ended before");
}

#[test]
fn a_run_killed_in_any_stage_ends_with_the_same_bytes() {
    let place = Workplace::new(SMALL_RUN);
    place.run_into("undisturbed");
    // The data are read right after the configuration is written.
    kill_once(&place, "reading", |out| out.join("config.toml").exists());
    kill_once(&place, "pretraining", |out| {
        out.join("checkpoints/base/pretrain/epoch-1").exists()
    });
    kill_once(&place, "writing-a-checkpoint", |out| {
        some_name_ends(&out.join("checkpoints/plain"), ".part")
    });
    kill_once(&place, "inside-an-epoch", |out| {
        out.join("checkpoints/plain/finetune/epoch-2").exists()
    });
    kill_once(&place, "the-fair-model", |out| {
        out.join("checkpoints/fair/finetune/epoch-3").exists()
    });
    kill_once(&place, "writing-results", |out| {
        out.join("models/fair/history.json").exists()
    });
}

#[test]
fn the_head_alone_and_early_stopping_resume_too() {
    let config = SMALL_RUN.replace(
        "[finetune]\n",
        "[finetune]\nstrategy = \"head\"\nearly_stopping = { patience = 1 }\n",
    );
    let place = Workplace::new(&config);
    place.run_into("undisturbed");
    kill_once(&place, "head", |out| {
        out.join("checkpoints/fair/finetune/epoch-1").exists()
    });
    let weights = |name: &str| {
        std::fs::read(place.path(format!("undisturbed/models/{name}/model.safetensors"))).unwrap()
    };
    // The heads are trained by two losses, so something moved.
    assert_ne!(weights("plain"), weights("fair"));
}

#[test]
fn adapters_and_layers_that_move_at_their_own_speed_resume_too() {
    let other = |strategy: &str| {
        SMALL_RUN
            .replace("l2 = 1e-5\n", "")
            .replace("[finetune]\n", &format!("[finetune]\n{strategy}\n"))
    };
    for (name, settings) in [
        (
            "lora",
            "strategy = { kind = \"lora\", rank = 2 }\naverage = { decay = 0.9 }",
        ),
        (
            "last-layers",
            "strategy = { kind = \"last-layers\", layers = 1 }",
        ),
    ] {
        let place = Workplace::new(&other(settings));
        place.run_into("undisturbed");
        kill_once(&place, name, |out| {
            out.join("checkpoints/fair/finetune/epoch-2").exists()
        });
    }
    let rates = SMALL_RUN.replace(
        "learning_rate = 5e-3 }",
        "learning_rate = 5e-3, layer_decay = 0.7 }",
    );
    let place = Workplace::new(&rates);
    place.run_into("undisturbed");
    kill_once(&place, "layer-decay", |out| {
        out.join("checkpoints/fair/finetune/epoch-2").exists()
    });
}

#[test]
fn what_losses_and_their_weights_remember_resumes_too() {
    for (name, lambda) in [
        ("target", "lambda = { target = 0.02 }"),
        (
            "target-of-a-penalty",
            "penalty = \"gap\"\nlambda = { target = 0.02, violation = \"equalized-odds\" }",
        ),
        (
            "target-on-all-rows",
            "lambda = { target = 0.02, margin = 1.0, rows = \"train-and-valid\" }",
        ),
        (
            "projection",
            "lambda = { gradient = 0.5 }\ngradients = \"projection\"",
        ),
    ] {
        let place = Workplace::new(&SMALL_RUN.replace("lambda = 0.5", lambda));
        place.run_into("undisturbed");
        kill_once(&place, name, |out| {
            out.join("checkpoints/fair/finetune/epoch-2").exists()
        });
        let history =
            std::fs::read_to_string(place.path("undisturbed/models/fair/history.json")).unwrap();
        // Something was remembered: the weight moved.
        let weights: std::collections::BTreeSet<&str> = history
            .lines()
            .filter(|line| line.contains("\"lambda\""))
            .collect();
        assert!(weights.len() > 2, "{name}: {weights:?}");
    }
}

/// The small run with two attributes and other fairness losses.
fn with_losses(losses: &str) -> String {
    let start = SMALL_RUN.find("[fairness]").unwrap();
    let end = SMALL_RUN.find("[audit]").unwrap();
    let data = SMALL_RUN[..start].replace(
        "groups = [\"sex\"]",
        "groups = [\"sex\", { name = \"age\", column = \"age\", bins = [30] }]",
    );
    format!("{data}{losses}\n{}", &SMALL_RUN[end..])
}

#[test]
fn group_dro_resumes_at_any_moment() {
    let losses = r#"
[fairness]
loss = "group-dro"
lambda = 1.0
groups = ["sex"]
"#;
    ends_the_same_after_any_kills(&with_losses(losses));
}

#[test]
fn a_list_of_losses_with_targets_resumes_at_any_moment() {
    let losses = r#"
[[fairness]]
loss = "demographic-parity"
lambda = { target = 0.02 }
groups = ["sex"]
[[fairness]]
loss = "equalized-odds"
penalty = "gap"
lambda = { target = 0.01 }
groups = ["age"]
[[fairness]]
loss = "group-dro"
lambda = 0.5
groups = ["sex", "age"]
"#;
    let place = ends_the_same_after_any_kills(&with_losses(losses));
    let history =
        std::fs::read_to_string(place.path("undisturbed/models/fair/history.json")).unwrap();
    // Each multiplier moved.
    for key in ["\"lambda/1\"", "\"lambda/2\""] {
        let weights: std::collections::BTreeSet<&str> =
            history.lines().filter(|line| line.contains(key)).collect();
        assert!(weights.len() > 1, "{key}: {weights:?}");
    }
}

#[test]
fn samplers_steps_and_training_twice_resume_too() {
    for (name, settings) in [
        ("balanced", "sampler = \"label-group-balanced\"\nsteps = 31"),
        ("twice", "just_train_twice = { epochs = 2, upweight = 3 }"),
    ] {
        let config = SMALL_RUN.replace("[finetune]\n", &format!("[finetune]\n{settings}\n"));
        let place = Workplace::new(&config);
        place.run_into("undisturbed");
        kill_once(&place, name, |out| {
            out.join("checkpoints/fair/finetune/epoch-2").exists()
        });
    }
}

#[test]
fn numbers_in_pieces_and_averaged_weights_resume_too() {
    let averaged = SMALL_RUN.replace("[finetune]\n", "[finetune]\naverage = { decay = 0.9 }\n")
        + "[data.features]\nnumbers = \"piecewise-linear\"\nedges = 8\n";
    let place = Workplace::new(&averaged);
    place.run_into("undisturbed");
    kill_once(&place, "pieces", |out| {
        out.join("checkpoints/base/pretrain/epoch-1").exists()
    });
    kill_once(&place, "averages", |out| {
        out.join("checkpoints/fair/finetune/epoch-2").exists()
    });
}

#[test]
fn a_run_killed_again_and_again_gets_to_its_end() {
    ends_the_same_after_any_kills(SMALL_RUN);
}

/// Kills a run again and again until it is done; the results must be those of an undisturbed one.
fn ends_the_same_after_any_kills(config: &str) -> Workplace {
    let place = Workplace::new(config);
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
    place
}
