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

/// Checks a configuration of the workspace, with `options` beside it.
fn check_shipped(config: &str, options: &[&str]) -> io::Result<Output> {
    Command::new(env!("CARGO_BIN_EXE_equipoise-under-test"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .env_remove("EQUIPOISE_LOG")
        .stdin(Stdio::null())
        .args(["data", "check", config])
        .args(options)
        .output()
}

#[test]
fn the_clinical_example_fits_the_notes_that_ship() {
    let output = check_shipped("configs/text-clinical.toml", &[]).unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.contains("1,600 of 1,600 in the file"), "{shown}");
}

#[test]
fn the_example_of_court_cases_fits_the_columns_that_its_script_writes() {
    let mut cases = "name,facts,winner,issue_area,first_party_kind\n".to_owned();
    let areas = [
        "Criminal Procedure",
        "Civil Rights",
        "Economic Activity",
        "First Amendment",
        "Judicial Power",
        "Federalism",
        "Due Process",
        "Privacy",
        "",
    ];
    let kinds = ["person", "government", "organisation"];
    for number in 0..180 {
        let winner = if number % 2 == 0 { "first" } else { "second" };
        let (area, kind) = (areas[number % 9], kinds[number / 9 % 3]);
        let row =
            format!("Case {number},\"They met, and fell out.\",{winner} party,{area},{kind}\n");
        cases.push_str(&row);
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cases.csv");
    std::fs::write(&file, cases).unwrap();
    let source = format!("data.source={}", file.display());
    let output = check_shipped("configs/text-court.toml", &["--set", &source]).unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let shown = String::from_utf8(output.stdout).unwrap();
    // A small area is one of the others, and an unknown one a group of its own.
    for group in ["issue_area=other areas", "issue_area=(missing)"] {
        assert!(shown.contains(group), "{shown}");
    }
}
