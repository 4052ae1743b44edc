//! `equipoise audit` from end to end: what it prints, and the code that it ends with.

use std::{
    io,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

const PEOPLE: &str = "\
id,sex,region,repaid,approved,score
1,Female,north,yes,yes,0.91
2,Female,north,yes,no,0.35
3,Female,south,no,no,0.20
4,Female,south,no,no,0.15
5,Female,south,yes,yes,0.71
6,Male,north,yes,yes,0.88
7,Male,north,yes,yes,0.64
8,Male,south,no,yes,0.58
9,Male,south,no,no,0.31
10,Male,north,yes,yes,0.97
";

struct Case {
    folder: tempfile::TempDir,
}

impl Case {
    fn new() -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("people.csv"), PEOPLE)?;
        Ok(Self { folder })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn equipoise(&self, args: &[&str]) -> io::Result<Output> {
        program(self.folder.path()).args(args).output()
    }

    fn audit(&self, options: &[&str]) -> io::Result<Output> {
        let columns = [
            "audit",
            "people.csv",
            "--label",
            "repaid",
            "--positive",
            "yes",
            "--prediction",
            "approved",
            "--group",
            "sex",
        ];
        self.equipoise(&[&columns, options].concat())
    }
}

fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_equipoise-under-test"));
    command
        .current_dir(folder)
        .env_remove("EQUIPOISE_LOG")
        .stdin(Stdio::null());
    command
}

fn stdout(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", stderr(output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_table_is_for_people() {
    insta::assert_snapshot!(stdout(
        &Case::new()
            .unwrap()
            .audit(&["--metrics", "selection_rate,demographic_parity"])
            .unwrap()
    ));
}

#[test]
fn csv_has_one_line_a_record() {
    insta::assert_snapshot!(stdout(
        &Case::new()
            .unwrap()
            .audit(&["--metrics", "selection_rate", "--format", "csv"])
            .unwrap()
    ));
}

#[test]
fn json_reads_back_exactly() {
    let case = Case::new().unwrap();
    let text = stdout(
        &case
            .audit(&["--group", "region", "--format", "json"])
            .unwrap(),
    );
    let audit: equipoise_metrics::Audit = serde_json::from_str(&text).unwrap();
    assert_eq!(audit.rows, 10);
    assert_eq!(audit.attributes, ["sex", "region"]);
    assert!(audit.sections().contains(&vec!["sex", "region"]));
    assert_eq!(
        stdout(
            &case
                .audit(&["--group", "region", "--format", "json"])
                .unwrap()
        ),
        text
    );
}

#[test]
fn a_score_alone_is_cut_at_the_threshold() {
    let case = Case::new().unwrap();
    let audit = |threshold: &str| {
        let output = case
            .equipoise(&[
                "audit",
                "people.csv",
                "--label",
                "repaid",
                "--positive",
                "yes",
                "--score",
                "score",
                "--threshold",
                threshold,
                "--group",
                "sex",
                "--format",
                "json",
            ])
            .unwrap();
        serde_json::from_str::<equipoise_metrics::Audit>(&stdout(&output)).unwrap()
    };
    let selected = |threshold: &str| audit(threshold).overall("selection_rate").unwrap().value;
    assert_eq!(selected("0.5"), Some(0.6));
    assert_eq!(selected("0.6"), Some(0.5));
}

#[test]
fn a_gate_that_is_not_met_ends_with_3() {
    let case = Case::new().unwrap();
    let met = case
        .audit(&["--fail-if", "demographic_parity_difference>0.9"])
        .unwrap();
    assert_eq!(met.status.code(), Some(0), "{}", stderr(&met));
    let failed = case
        .audit(&["--fail-if", "demographic_parity_difference>0.3"])
        .unwrap();
    assert_eq!(failed.status.code(), Some(3), "{}", stderr(&failed));
    assert!(!failed.stdout.is_empty(), "the audit is shown all the same");
    assert!(stderr(&failed).contains("demographic_parity_difference"));
}

#[test]
fn exit_codes_tell_failure_from_wrong_use() {
    let case = Case::new().unwrap();
    for (code, args) in [
        (0, &["audit", "--list"] as &[&str]),
        (0, &["data", "list"]),
        (0, &["--help"]),
        (
            1,
            &[
                "audit",
                "none.csv",
                "--label",
                "y",
                "--prediction",
                "p",
                "--group",
                "sex",
            ],
        ),
        (
            1,
            &[
                "audit",
                "people.csv",
                "--label",
                "repayed",
                "--prediction",
                "approved",
                "--group",
                "sex",
            ],
        ),
        (2, &["data", "get", "adlut"]),
        (2, &[]),
        (2, &["audit", "people.csv"]),
        (
            2,
            &["audit", "people.csv", "--label", "repaid", "--group", "sex"],
        ),
        (2, &["adit"]),
        (2, &["data", "list", "--set", "a.b=1"]),
        (2, &["data", "list", "--device", "gpu"]),
        (2, &["--set", "nothing", "data", "list"]),
    ] {
        let output = case.equipoise(args).unwrap();
        assert_eq!(
            output.status.code(),
            Some(code),
            "{args:?}: {}",
            stderr(&output)
        );
        if code != 0 {
            assert!(!output.stderr.is_empty(), "{args:?} says nothing");
        }
    }
}

#[test]
fn an_unknown_column_is_named_with_the_closest() {
    let output = Case::new()
        .unwrap()
        .equipoise(&[
            "audit",
            "people.csv",
            "--label",
            "repayed",
            "--prediction",
            "approved",
            "--group",
            "sex",
        ])
        .unwrap();
    insta::assert_snapshot!(stderr(&output));
}

#[test]
fn messages_can_be_json_lines() {
    let output = Case::new()
        .unwrap()
        .equipoise(&[
            "--log-format",
            "json",
            "audit",
            "none.csv",
            "--label",
            "y",
            "--prediction",
            "p",
            "--group",
            "sex",
        ])
        .unwrap();
    let messages = stderr(&output);
    assert!(!messages.is_empty());
    for line in messages.lines() {
        let message: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(message["fields"]["message"].is_string(), "{line}");
    }
    assert!(messages.contains("none.csv"));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let case = Case::new().unwrap();
    let mut child = program(case.folder.path())
        .args([
            "audit",
            "people.csv",
            "--label",
            "repaid",
            "--positive",
            "yes",
        ])
        .args([
            "--prediction",
            "approved",
            "--group",
            "sex,region",
            "--format",
            "json",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stderr(&output), "");
}

#[test]
fn describe_shows_groups_and_what_gives_them_away() {
    let case = Case::new().unwrap();
    insta::assert_snapshot!(stdout(
        &case
            .equipoise(&[
                "data",
                "describe",
                "people.csv",
                "--label",
                "repaid",
                "--positive",
                "yes",
                "--group",
                "sex,region",
            ])
            .unwrap()
    ));
    let json = stdout(
        &case
            .equipoise(&["data", "describe", "people.csv", "--format", "json"])
            .unwrap(),
    );
    let profile: equipoise_core::DataProfile = serde_json::from_str(&json).unwrap();
    assert_eq!(profile.rows, 10);
}

#[test]
fn a_data_set_can_be_taken_from_a_file_and_nothing_else_fits() {
    let case = Case::new().unwrap();
    let output = case
        .equipoise(&[
            "data",
            "get",
            "adult",
            "--from",
            "people.csv",
            "--to",
            "here",
        ])
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("SHA-256"), "{}", stderr(&output));
    assert!(!case.path("here/adult.parquet").exists());
}
