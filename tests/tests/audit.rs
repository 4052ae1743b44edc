//! `equipoise audit` from end to end: what it prints, and the code that it ends with.

mod program;

use std::{
    path::PathBuf,
    process::{Output, Stdio},
};

use program::{Workplace, stderr, succeeded};

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
    place: Workplace,
}

impl Case {
    fn new() -> Self {
        Self {
            place: Workplace::with_file("people.csv", PEOPLE),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.place.path(name)
    }

    fn equipoise(&self, args: &[&str]) -> Output {
        self.place.equipoise(args)
    }

    fn audit(&self, options: &[&str]) -> Output {
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

#[test]
fn the_table_is_for_people() {
    insta::assert_snapshot!(succeeded(
        &Case::new().audit(&["--metrics", "selection_rate,demographic_parity"])
    ));
}

#[test]
fn csv_has_one_line_a_record() {
    insta::assert_snapshot!(succeeded(&Case::new().audit(&[
        "--metrics",
        "selection_rate",
        "--format",
        "csv"
    ])));
}

#[test]
fn json_reads_back_exactly() {
    let case = Case::new();
    let text = succeeded(&case.audit(&["--group", "region", "--format", "json"]));
    let audit: equipoise_metrics::Audit = serde_json::from_str(&text).unwrap();
    assert_eq!(audit.rows, 10);
    assert_eq!(audit.attributes, ["sex", "region"]);
    assert!(audit.sections().contains(&vec!["sex", "region"]));
    assert_eq!(
        succeeded(&case.audit(&["--group", "region", "--format", "json"])),
        text
    );
}

#[test]
fn a_score_alone_is_cut_at_the_threshold() {
    let case = Case::new();
    let audit = |threshold: &str| {
        let output = case.equipoise(&[
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
        ]);
        serde_json::from_str::<equipoise_metrics::Audit>(&succeeded(&output)).unwrap()
    };
    let selected = |threshold: &str| audit(threshold).overall("selection_rate").unwrap().value;
    assert_eq!(selected("0.5"), Some(0.6));
    assert_eq!(selected("0.6"), Some(0.5));
}

#[test]
fn a_gate_that_is_not_met_ends_with_3() {
    let case = Case::new();
    let met = case.audit(&["--fail-if", "demographic_parity_difference>0.9"]);
    assert_eq!(met.status.code(), Some(0), "{}", stderr(&met));
    let failed = case.audit(&["--fail-if", "demographic_parity_difference>0.3"]);
    assert_eq!(failed.status.code(), Some(3), "{}", stderr(&failed));
    assert!(!failed.stdout.is_empty(), "the audit is shown all the same");
    assert!(stderr(&failed).contains("demographic_parity_difference"));
}

#[test]
fn exit_codes_tell_failure_from_wrong_use() {
    let case = Case::new();
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
        let output = case.equipoise(args);
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

/// What the program says of wrong command lines, all of which end with the same code.
fn complaints(case: &Case, code: i32, wrong: &[(&str, &[&str])]) -> String {
    let said = wrong.iter().map(|(name, args)| {
        let output = case.equipoise(args);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{name}: {said}");
        assert!(output.stdout.is_empty(), "{name} prints a result");
        format!("=== {name}\n{said}\n")
    });
    said.collect()
}

#[test]
fn what_no_file_could_mend_is_told_before_the_file_is_read() {
    const COLUMNS: [&str; 8] = [
        "audit",
        "none.csv",
        "--label",
        "repaid",
        "--prediction",
        "approved",
        "--group",
        "sex",
    ];
    let with = |options: &[&'static str]| [&COLUMNS, options].concat();
    let wrong = [
        ("gate without a name", with(&["--fail-if", "dp>0.1"])),
        (
            "gate with a misspelt name",
            with(&["--fail-if", "demographic_party_difference>0.1"]),
        ),
        (
            "gate on a metric that is not audited",
            with(&[
                "--metrics",
                "selection_rate",
                "--fail-if",
                "equalized_odds_difference>0.1",
            ]),
        ),
        (
            "gate on scores that are not there",
            with(&["--fail-if", "roc_auc<0.7"]),
        ),
        (
            "gate on a group that is not audited",
            with(&["--fail-if", "demographic_parity_difference[sexe]>0.1"]),
        ),
        ("unknown metric", with(&["--metrics", "selction_rate"])),
        ("metric like no other", with(&["--metrics", "fairness"])),
        ("metric without scores", with(&["--metrics", "roc_auc"])),
        ("empty metric", with(&["--metrics", ""])),
        ("empty group", with(&["--group", "region,"])),
        ("group twice", with(&["--group", "region, sex"])),
        ("group that is the label", with(&["--group", "repaid"])),
        ("score that is the label", with(&["--score", "repaid"])),
        ("bins of no group", with(&["--bins", "age=25,45"])),
        ("bins twice", with(&["--bins", "sex=1", "--bins", "sex=2"])),
        ("bins that do not ascend", with(&["--bins", "sex=2,1"])),
        ("misspelt convention", with(&["--convention", "fairlern"])),
        ("confidence in percent", with(&["--confidence", "95"])),
        (
            "unknown format",
            ["audit", "p.xlsx"]
                .into_iter()
                .chain(COLUMNS.into_iter().skip(2))
                .collect(),
        ),
        (
            "described group twice",
            vec!["data", "describe", "none.csv", "--group", "sex,sex"],
        ),
    ];
    let wrong: Vec<(&str, &[&str])> = wrong.iter().map(|(name, args)| (*name, &**args)).collect();
    insta::assert_snapshot!(complaints(&Case::new(), 2, &wrong));
}

#[test]
fn what_is_wrong_with_a_file_is_told_with_the_option_that_mends_it() {
    let case = Case::new();
    let write = |name: &str, text: &str| std::fs::write(case.path(name), text).unwrap();
    write(
        "scores.csv",
        "y,s,sex,age\n1,0.3,a,20.5\n0,abc,,30\n1,0.2,b,41\n",
    );
    write("semicolons.csv", "y;s;sex\n1;0,3;a\n");
    let audit = |file, rest: &[&'static str]| [&["audit", file, "--label", "y"], rest].concat();
    let wrong: [(&str, Vec<&str>); 8] = [
        (
            "text among scores",
            audit(
                "scores.csv",
                &["--score", "s", "--group", "sex", "--missing", "own-group"],
            ),
        ),
        (
            "missing group",
            audit("scores.csv", &["--score", "s", "--group", "sex"]),
        ),
        (
            "numbers with fractions as groups",
            audit("scores.csv", &["--score", "s", "--group", "age"]),
        ),
        (
            "bins of texts",
            vec![
                "data",
                "describe",
                "people.csv",
                "--group",
                "sex",
                "--bins",
                "sex=1",
            ],
        ),
        (
            "labels that are not 0 and 1",
            vec![
                "audit",
                "people.csv",
                "--label",
                "repaid",
                "--prediction",
                "approved",
                "--group",
                "sex",
            ],
        ),
        (
            "positive label not there",
            vec![
                "data",
                "describe",
                "people.csv",
                "--label",
                "repaid",
                "--positive",
                "yess",
            ],
        ),
        (
            "label of several values",
            vec!["data", "describe", "people.csv", "--label", "id"],
        ),
        (
            "another separator",
            audit("semicolons.csv", &["--score", "s", "--group", "sex"]),
        ),
    ];
    let wrong: Vec<(&str, &[&str])> = wrong.iter().map(|(name, args)| (*name, &**args)).collect();
    insta::assert_snapshot!(complaints(&case, 1, &wrong));
}

#[test]
fn bins_cut_a_column_of_numbers_into_groups() {
    let case = Case::new();
    let text = succeeded(&case.audit(&["--group", "id", "--bins", "id=4,8", "--format", "json"]));
    let audit: equipoise_metrics::Audit = serde_json::from_str(&text).unwrap();
    let counts: Vec<(String, Option<u64>)> = audit
        .groups("selection_rate", &["id"])
        .map(|record| {
            let attributes = record.attributes.iter();
            let names: Vec<&str> = attributes
                .flat_map(equipoise_metrics::Attributes::values)
                .collect();
            (names.concat(), record.count)
        })
        .collect();
    let expected = [("<4", 3), ("4-8", 4), (">=8", 3)];
    assert_eq!(
        counts,
        expected.map(|(name, count)| (name.to_owned(), Some(count)))
    );
}

#[test]
fn spaces_around_names_do_not_matter() {
    let case = Case::new();
    let audit = |metrics| succeeded(&case.audit(&["--metrics", metrics]));
    assert_eq!(
        audit("selection_rate, accuracy"),
        audit("selection_rate,accuracy")
    );
}

#[test]
fn a_positive_label_that_was_guessed_is_told() {
    let output = Case::new().equipoise(&[
        "data",
        "describe",
        "people.csv",
        "--label",
        "repaid",
        "--group",
        "sex",
    ]);
    assert!(succeeded(&output).contains("base rate"));
    assert_eq!(
        stderr(&output),
        "warning: no positive value of label `repaid` was named: `yes` is taken for positive, \
         `no` for negative\n"
    );
}

#[test]
fn a_folder_without_a_finished_run_is_a_missing_input() {
    let case = Case::new();
    let report: (&str, &[&str]) = ("report of nothing", &["report", "runs/none"]);
    insta::assert_snapshot!(complaints(&case, 1, &[report]));
}

#[test]
fn an_unknown_column_is_named_with_the_closest() {
    let output = Case::new().equipoise(&[
        "audit",
        "people.csv",
        "--label",
        "repayed",
        "--prediction",
        "approved",
        "--group",
        "sex",
    ]);
    insta::assert_snapshot!(stderr(&output));
}

#[test]
fn messages_can_be_json_lines() {
    let output = Case::new().equipoise(&[
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
    ]);
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
    let case = Case::new();
    let words = "audit people.csv --label repaid --positive yes --prediction approved \
                 --group sex,region --format json";
    let mut child = case
        .place
        .program(&words.split(' ').collect::<Vec<_>>())
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
    let case = Case::new();
    insta::assert_snapshot!(succeeded(&case.equipoise(&[
        "data",
        "describe",
        "people.csv",
        "--label",
        "repaid",
        "--positive",
        "yes",
        "--group",
        "sex,region",
    ])));
    let json = succeeded(&case.equipoise(&["data", "describe", "people.csv", "--format", "json"]));
    let profile: equipoise_core::DataProfile = serde_json::from_str(&json).unwrap();
    assert_eq!(profile.rows, 10);
}

#[test]
fn a_data_set_can_be_taken_from_a_file_and_nothing_else_fits() {
    let case = Case::new();
    let output = case.equipoise(&[
        "data",
        "get",
        "adult",
        "--from",
        "people.csv",
        "--to",
        "here",
    ]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("SHA-256"), "{}", stderr(&output));
    assert!(!case.path("here/adult.parquet").exists());
}
