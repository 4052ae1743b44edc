//! `equipoise audit` of several classes, several outputs and numbers, of rows that belong together,
//! and of groups that are known as probabilities: from end to end.

mod program;

use std::process::Output;

use program::{Workplace, stderr, succeeded};

use equipoise_metrics::{Audit, IntervalMethod, MICRO, Method, Scope};

/// The made-up people of the guide. Women in a shelter are often taken for women on the street.
const PEOPLE: &str = include_str!("../../docs/guide/src/tutorials/people.csv");

struct Case {
    place: Workplace,
}

impl Case {
    fn new() -> Self {
        Self {
            place: Workplace::with_file("people.csv", PEOPLE),
        }
    }

    /// Audits the people; commands have no spaces in their words.
    fn audit(&self, options: &str) -> Output {
        let words: Vec<&str> = ["audit", "people.csv"]
            .into_iter()
            .chain(options.split(' '))
            .collect();
        self.place.equipoise(&words)
    }

    fn values(&self, options: &str) -> serde_json::Result<Audit> {
        serde_json::from_str(&succeeded(&self.audit(&format!("{options} --format json"))))
    }
}

const CLASSES: &str =
    "--task multiclass --label sleeps --prediction said --score said:* --group sex";
const OUTPUTS: &str =
    "--task multilabel --label work,doctor --prediction work_said,doctor_said --group sex";
const NUMBERS: &str = "--task regression --label income --prediction estimate --group sex";

#[test]
fn tables_of_every_task_are_for_people() {
    let case = Case::new();
    let mut shown = Vec::new();
    for (columns, metrics) in [
        (CLASSES, "accuracy,true_positive_rate,roc_auc"),
        (OUTPUTS, "true_positive_rate,demographic_parity"),
        (NUMBERS, "mean_error,mean_absolute_error,outcome_parity"),
    ] {
        let options = format!("{columns} --metrics {metrics}");
        let table = succeeded(&case.audit(&options));
        shown.push(format!("=== {options}\n{table}\n\n"));
    }
    insta::assert_snapshot!(shown.concat());
}

#[test]
fn classes_have_values_of_their_own() {
    let audit = Case::new().values(CLASSES).unwrap();
    assert_eq!(audit.rows, 60);
    // Of 10 women in a shelter, those with a row number of 0, 1 or 2 modulo 5 are mistaken.
    let recall = audit.groups_of("true_positive_rate", &["sex"], Some("shelter"));
    let recall: Vec<_> = recall.map(|record| record.value).collect();
    assert_eq!(recall, [Some(0.4), Some(1.0)]);
    assert!(audit.overall("accuracy").is_some_and(|r| r.class.is_none()));
    assert!(audit.overall_of("roc_auc", Some("home")).is_some());
}

#[test]
fn scores_alone_predict_the_class_with_the_largest() {
    let case = Case::new();
    let one_by_one = "--task multiclass --label sleeps --group sex --metrics accuracy --score \
                      street=said:street,home=said:home,shelter=said:shelter";
    let both = format!("{CLASSES} --metrics accuracy");
    assert_eq!(
        case.values(one_by_one).unwrap().records,
        case.values(&both).unwrap().records
    );
}

#[test]
fn outputs_are_audited_one_by_one_and_together() {
    let audit = Case::new().values(OUTPUTS).unwrap();
    let value = |class| audit.overall_of("accuracy", Some(class)).unwrap().value;
    let (work, doctor, micro) = (value("work"), value("doctor"), value(MICRO));
    let mean = work
        .zip(doctor)
        .map(|(work, doctor)| f64::midpoint(work, doctor));
    assert!((micro.unwrap() - mean.unwrap()).abs() < 1e-12);
}

#[test]
fn numbers_have_errors_and_no_rates() {
    let audit = Case::new().values(NUMBERS).unwrap();
    let metrics = audit.metrics();
    assert!(metrics.contains(&"mean_absolute_error"), "{metrics:?}");
    assert!(!metrics.contains(&"selection_rate"), "{metrics:?}");
    let gap = audit.aggregate(
        "mean_error",
        Scope::Difference,
        &["sex"],
        Some(Method::BetweenGroups),
    );
    assert!(gap.is_some_and(|record| record.low.is_some()));
}

#[test]
fn every_format_is_written_for_every_task() {
    let case = Case::new();
    for columns in [CLASSES, OUTPUTS, NUMBERS] {
        let csv = succeeded(&case.audit(&format!("{columns} --format csv")));
        let records = case.values(columns).unwrap().records.len();
        assert_eq!(csv.lines().count(), records + 1, "{columns}");
        let page = succeeded(&case.audit(&format!("{columns} --format html")));
        assert!(page.starts_with("<!doctype html>"), "{columns}");
        let has_classes = columns != NUMBERS;
        assert_eq!(page.contains("id=\"classes\""), has_classes, "{columns}");
    }
}

#[test]
fn entities_are_drawn_with_all_their_rows() {
    let case = Case::new();
    let columns = "--label work --prediction work_said --group sex --metrics selection_rate";
    let rows = case.values(columns).unwrap();
    let entities = case.values(&format!("{columns} --cluster person")).unwrap();
    let [rows, entities] = [&rows, &entities].map(|audit| audit.overall("selection_rate").unwrap());
    assert_eq!(rows.value, entities.value);
    assert_eq!(rows.interval, Some(IntervalMethod::Wilson));
    assert_eq!(entities.interval, Some(IntervalMethod::EntityBootstrap));
}

#[test]
fn soft_groups_count_rows_by_their_probabilities() {
    let case = Case::new();
    let soft = "--label work --prediction work_said --soft race=White:white,black";
    let audit = case
        .values(&format!("{soft} --group sex --metrics selection_rate"))
        .unwrap();
    assert_eq!(audit.attributes, ["sex", "race"]);
    let groups: Vec<_> = audit.groups("selection_rate", &["race"]).collect();
    let names: Vec<_> = groups
        .iter()
        .map(|r| r.attributes.as_ref().unwrap().to_string())
        .collect();
    assert_eq!(names, ["race=White", "race=black"]);
    // Counted by hand from the rows.
    let rows: Vec<Vec<&str>> = PEOPLE
        .lines()
        .skip(1)
        .map(|row| row.split(',').collect())
        .collect();
    let number = |row: &[&str], column: usize| row[column].parse::<f64>().unwrap();
    for (group, column) in groups.iter().zip([14, 15]) {
        let members: f64 = rows.iter().map(|row| number(row, column)).sum();
        let selected: f64 = rows
            .iter()
            .map(|row| number(row, column) * number(row, 10))
            .sum();
        assert!((group.value.unwrap() - selected / members).abs() < 1e-12);
    }
    let alone = case
        .values(&format!("{soft} --metrics selection_rate"))
        .unwrap();
    assert_eq!(alone.attributes, ["race"]);
}

#[test]
fn gates_look_at_classes_and_strata() {
    let case = Case::new();
    for (gate, code, said) in [
        (
            "true_positive_rate_difference{class=shelter}[sex]>0.5",
            3,
            "of class shelter by sex",
        ),
        (
            "true_positive_rate_difference{class=street}[sex]>0.5",
            0,
            "",
        ),
        (
            "true_positive_rate_difference{class=*,site=*}[sex]>0.9",
            0,
            "",
        ),
        ("accuracy{site=north}<0.99", 3, "within site=north"),
        (
            "accuracy{site=east}<0.99",
            1,
            "there are `site=north`, `site=south`",
        ),
        ("accuracy{class=roof}<0.99", 1, "has no class `roof`"),
        ("accuracy{age=old}<0.99", 2, "add `age` to `--control`"),
        (
            "mean_error>1",
            2,
            "not defined for an outcome of several classes",
        ),
    ] {
        let options = format!("{CLASSES} --control site --replicates 0 --fail-if {gate}");
        let output = case.audit(&options);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{gate}: {}",
            stderr(&output)
        );
        // Lines of a message may be broken anywhere.
        let text = stderr(&output)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        assert!(text.contains(said), "{gate}: {text}");
    }
}

#[test]
fn what_the_task_does_not_have_is_told() {
    let case = Case::new();
    let mut shown = Vec::new();
    for (code, options) in [
        (1, "--label sleeps --prediction said --group sex"),
        (1, "--label income --prediction estimate --group sex"),
        (1, "--label white --prediction black --group sex"),
        (1, "--label work,doctor --prediction work_said --group sex"),
        (
            2,
            "--label work --label doctor --prediction work_said --group sex",
        ),
        (
            2,
            "--task multilabel --label work,doctor --prediction work_said --group sex",
        ),
        (
            2,
            "--task multilabel --label work, --prediction work_said --group sex",
        ),
        (2, "--task multiclass --label sleeps --group sex"),
        (
            2,
            "--task multiclass --label sleeps --score said:home --group sex",
        ),
        (
            2,
            "--task multiclass --label sleeps --prediction said --positive home --group sex",
        ),
        (
            1,
            "--task multiclass --label income --prediction white --group sex",
        ),
        (
            1,
            "--task multiclass --label sleeps --score home=said:home --group sex",
        ),
        (
            1,
            "--task multiclass --label sleeps --score said_* --group sex",
        ),
        (
            2,
            "--task regression --label income --score estimate --group sex",
        ),
        (2, "--task regression --label income --group sex"),
        (
            1,
            "--task regression --label income --prediction said --group sex",
        ),
        (
            2,
            "--task regression --label income --prediction estimate --group sex --metrics accuracy",
        ),
        (
            2,
            "--label work --prediction work_said --group sex --metrics mean_error",
        ),
        (
            2,
            "--task multiclass --label sleeps --prediction said --group sex --streaming",
        ),
        (
            2,
            "--label work --prediction work_said --group sex --cluster person --streaming",
        ),
        (
            1,
            "--label work --prediction work_said --group sex --cluster persno",
        ),
        (
            2,
            "--label work --prediction work_said --group sex --cluster sex",
        ),
        (2, "--label work --prediction work_said --soft race=white"),
        (2, "--label work --prediction work_said"),
        (
            1,
            "--label work --prediction work_said --soft race=white,said:home",
        ),
        (
            1,
            "--label work --prediction work_said --soft race=white,black --permutations 9",
        ),
        (
            1,
            "--label work --prediction work_said --group sex --cluster person --missing bounds",
        ),
    ] {
        let output = case.audit(options);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{options}: {said}");
        assert!(output.stdout.is_empty(), "{options} prints a result");
        shown.push(format!("=== {options}\n{said}\n"));
    }
    insta::assert_snapshot!(shown.concat());
}

#[test]
fn a_missing_entity_or_probability_names_its_row() {
    let case = Case::new();
    let text = PEOPLE.replacen("\n3,Male", "\n,Male", 1);
    case.place.write("people.csv", text);
    let columns = "--label work --prediction work_said";
    let output = case.audit(&format!("{columns} --group sex --cluster person"));
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("cluster column `person` is missing in 1 row: 8"),
        "{}",
        stderr(&output)
    );
}
