//! `equipoise data check`: a configuration against its data.

use std::{
    io,
    path::Path,
    process::{Command, Output, Stdio},
};

const CONFIG: &str = r#"
[data]
source = "datasets/german/german.parquet"
label = { column = "credit", positive = "good" }
groups = ["sex", { name = "age_band", column = "age", bins = [25, 45] }]
exclude = ["personal_status"]

[model]
kind = "mlp"

[fairness]
loss = "equalized-odds"
lambda = 0.5
groups = ["sex"]
"#;

/// Checks a configuration, with the folder of the workspace as the current one.
fn check(text: &str, options: &[&str]) -> io::Result<Output> {
    let folder = tempfile::tempdir()?;
    let config = folder.path().join("german.toml");
    std::fs::write(&config, text)?;
    Command::new(env!("CARGO_BIN_EXE_equipoise-under-test"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .env_remove("EQUIPOISE_LOG")
        .stdin(Stdio::null())
        .args(["data", "check"])
        .arg(&config)
        .args(options)
        .output()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn what_training_would_see_is_shown() {
    let output = check(CONFIG, &[]).unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}

#[test]
fn what_does_not_fit_is_an_error() {
    for (found, replaced, code, message) in [
        ("\"sex\", {", "\"sexe\", {", 2, "did you mean `sexe`?"),
        (
            "\"sex\", {",
            "{ name = \"sex\", column = \"sexe\" }, {",
            1,
            "did you mean `sex`?",
        ),
        ("\"credit\"", "\"credits\"", 1, "did you mean `credit`?"),
        ("\"good\"", "\"goods\"", 1, "has no value `goods`"),
        ("german.parquet", "german.csv", 1, "not found"),
    ] {
        assert!(CONFIG.contains(found));
        let text = CONFIG.replacen(found, replaced, 1);
        let output = check(&text, &[]).unwrap();
        let error = stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{replaced}: {error}");
        assert!(error.contains(message), "{replaced}: {error}");
        assert!(output.stdout.is_empty());
    }
}
