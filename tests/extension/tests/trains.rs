//! The losses train from a configuration, on data that the repository has.

use std::{path::PathBuf, process::Command};

use rstest::rstest;

const CONFIG: &str = r#"
title = "Losses of another crate"
seed = 1
[data]
source = "german.parquet"
label = { column = "credit", positive = "good" }
groups = ["sex"]
exclude = ["personal_status"]
split = { train = 0.6, valid = 0.2, test = 0.2, seed = 7 }
[model]
kind = "mlp"
hidden = [8]
[finetune]
epochs = 2
batch_size = 64
optimizer = { kind = "adamw", learning_rate = 5e-3 }
[audit]
replicates = 20
[fairness]
lambda = 1.0
groups = ["sex"]
"#;

#[rstest]
#[case::all_of_the_crate(
    "loss = \"uncertainty\"\npenalty = \"shortfall\"",
    "uncertainty/shortfall"
)]
#[case::its_statistic("loss = \"uncertainty\"\nestimate = \"running\"", "uncertainty/gap")]
#[case::its_penalty(
    "loss = \"equalized-odds\"\npenalty = \"shortfall\"",
    "equalized-odds/shortfall"
)]
#[case::its_whole_loss("loss = \"hellinger\"", "hellinger")]
fn it_trains_from_a_configuration(#[case] fairness: &str, #[case] name: &str) {
    let folder = tempfile::tempdir().unwrap();
    let data =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../datasets/german/german.parquet");
    fs_err::copy(data, folder.path().join("german.parquet")).unwrap();
    fs_err::write(
        folder.path().join("run.toml"),
        format!("{CONFIG}{fairness}\n"),
    )
    .unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_equipoise-extension"))
        .args(["run", "run.toml", "--out", "out", "--quiet"])
        .current_dir(folder.path())
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let model = fs_err::read_to_string(folder.path().join("out/models/fair/model.json")).unwrap();
    assert!(model.contains(&format!("\"{name}\"")), "{model}");
}
