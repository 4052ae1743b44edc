//! A group without a value is named by every gap that leaves it out, and no gate passes over it.

use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema};
use equipoise_metrics::{
    Audit, AuditData, AuditOptions, Convention, Gate, Method, Record, Scope, audit,
};
use rstest::rstest;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Rows of one group: how many of them have which label and prediction.
type Cell = (u32, u8, u8, usize);

/// The codes of the groups; `D` has no rows unless a test gives it some.
const A: u32 = 0;
const B: u32 = 1;
const C: u32 = 2;

/// Two groups with a true positive rate of 1/2 each, and a third without a positive label.
const C_HAS_NO_POSITIVE_LABEL: [Cell; 9] = [
    (A, 1, 1, 20),
    (A, 1, 0, 20),
    (A, 0, 1, 10),
    (A, 0, 0, 10),
    (B, 1, 1, 20),
    (B, 1, 0, 20),
    (B, 0, 1, 10),
    (B, 0, 0, 10),
    (C, 0, 0, 20),
];

fn audited(cells: &[Cell], options: &AuditOptions) -> Outcome<Audit> {
    let schema = GroupSchema::new(vec![GroupAttribute::new("race", ["A", "B", "C", "D"])?])?;
    let (mut codes, mut labels, mut predictions) = (Vec::new(), Vec::new(), Vec::new());
    for &(code, label, prediction, rows) in cells {
        codes.extend(vec![code; rows]);
        labels.extend(vec![label; rows]);
        predictions.extend(vec![prediction; rows]);
    }
    let groups = GroupColumns::new(schema, vec![codes])?;
    let data = AuditData::binary(&groups, &labels).with_predictions(&predictions);
    Ok(audit(&data, options)?)
}

fn gap<'a>(audit: &'a Audit, metric: &str, method: Method) -> Outcome<&'a Record> {
    let record = audit.aggregate(metric, Scope::Difference, &["race"], Some(method));
    Ok(record.ok_or("not audited")?)
}

fn names(record: &Record) -> Vec<String> {
    record
        .without_value
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[rstest]
#[case("true_positive_rate", Method::BetweenGroups)]
#[case("true_positive_rate", Method::ToOverall)]
#[case("equal_opportunity", Method::BetweenGroups)]
#[case("equalized_odds", Method::Max)]
#[case("equalized_odds", Method::Sum)]
fn a_gap_names_the_groups_that_it_leaves_out(#[case] metric: &str, #[case] method: Method) {
    let audit = audited(&C_HAS_NO_POSITIVE_LABEL, &AuditOptions::default()).unwrap();
    let gap = gap(&audit, metric, method).unwrap();
    assert!(gap.value.is_some());
    assert_eq!(names(gap), ["race=C"]);
    let note = "1 of 3 groups has no value here: C".to_owned();
    assert!(gap.notes.contains(&note), "{:?}", gap.notes);
}

#[test]
fn a_gap_over_groups_that_all_have_a_value_names_none() {
    let audit = audited(&C_HAS_NO_POSITIVE_LABEL, &AuditOptions::default()).unwrap();
    // `D` has no rows, which the note on the whole section says.
    for metric in ["selection_rate", "accuracy", "false_positive_rate"] {
        let gap = gap(&audit, metric, Method::BetweenGroups).unwrap();
        assert!(gap.without_value.is_empty(), "{metric}");
    }
}

#[test]
fn the_convention_of_fairlearn_leaves_no_rate_out() {
    let options = AuditOptions {
        convention: Convention::Fairlearn,
        ..AuditOptions::default()
    };
    let audit = audited(&C_HAS_NO_POSITIVE_LABEL, &options).unwrap();
    assert!(audit.records.iter().all(|r| r.without_value.is_empty()));
    let gap = gap(&audit, "true_positive_rate", Method::BetweenGroups).unwrap();
    assert_eq!(gap.value, Some(0.5));
}

#[rstest]
#[case("equal_opportunity_difference>0.1")]
#[case("equalized_odds_difference>0.9")]
#[case("true_positive_rate_ratio<0.8")]
#[case("worst_group_true_positive_rate<0.1")]
fn a_gate_fails_where_a_group_with_rows_has_no_value(#[case] gate: &str) {
    let audit = audited(&C_HAS_NO_POSITIVE_LABEL, &AuditOptions::default()).unwrap();
    let gate: Gate = gate.parse().unwrap();
    let outcomes = gate.evaluate(&audit).unwrap();
    assert!(outcomes[0].failed, "{}", outcomes[0]);
    assert_eq!(
        outcomes[0].reason.as_deref(),
        Some("there is no value for C")
    );
}

#[test]
fn a_failed_gate_says_which_group_has_no_value() {
    let audit = audited(&C_HAS_NO_POSITIVE_LABEL, &AuditOptions::default()).unwrap();
    let gate: Gate = "equal_opportunity_difference>0.1".parse().unwrap();
    assert_eq!(
        gate.evaluate(&audit).unwrap()[0].to_string(),
        "equal_opportunity_difference by race is 0.0000, but there is no value for C: gate \
         `equal_opportunity_difference>0.1` failed"
    );
}

#[test]
fn a_gate_passes_over_groups_that_are_left_out_on_purpose() {
    let options = AuditOptions {
        min_count_excludes: true,
        ..AuditOptions::default()
    };
    let audit = audited(&C_HAS_NO_POSITIVE_LABEL, &options).unwrap();
    assert!(audit.min_count_excludes);
    let gate: Gate = "equal_opportunity_difference>0.1".parse().unwrap();
    let outcomes = gate.evaluate(&audit).unwrap();
    assert!(!outcomes[0].failed, "{}", outcomes[0]);
    let note = "race: 1 of 4 groups has fewer than 30 rows and no part in the gaps".to_owned();
    assert!(audit.notes.contains(&note), "{:?}", audit.notes);
}

#[test]
fn the_table_names_the_groups_that_a_gap_leaves_out() {
    let options = AuditOptions {
        metrics: Some(vec!["equal_opportunity".to_owned()]),
        ..AuditOptions::default()
    };
    let table = audited(&C_HAS_NO_POSITIVE_LABEL, &options)
        .unwrap()
        .to_table();
    assert!(table.contains("\nequal opportunity (1)"), "{table}");
    assert!(table.contains("\n(1) there is no value for C\n"), "{table}");
}

#[test]
fn a_list_of_many_groups_is_cut_short_in_notes_alone() -> Outcome<()> {
    let names: Vec<String> = (0..12).map(|index| format!("g{index:02}")).collect();
    let schema = GroupSchema::new(vec![GroupAttribute::new("group", names)?])?;
    let labels: Vec<u8> = (0..12).map(|row| u8::from(row < 2)).collect();
    let groups = GroupColumns::new(schema, vec![(0..12).collect()])?;
    let data = AuditData::binary(&groups, &labels).with_predictions(&labels);
    let audit = audit(&data, &AuditOptions::default())?;
    let min = audit.aggregate("true_positive_rate", Scope::Min, &["group"], None);
    let min = min.ok_or("not audited")?;
    assert_eq!(min.without_value.len(), 10);
    let note = "10 of 12 groups have no value here: \
                g02, g03, g04, g05, g06, g07, g08, g09 and 2 more";
    assert!(
        min.notes.iter().any(|found| found == note),
        "{:?}",
        min.notes
    );
    Ok(())
}

/// One of 161 rows is the only positive one of `C`: a replicate misses it with probability
/// `(1 - 1/161)^161`, which is 0.367.
#[test]
fn a_replicate_that_loses_a_group_has_no_gap() {
    let mut cells = C_HAS_NO_POSITIVE_LABEL.to_vec();
    cells.push((C, 1, 1, 1));
    let audit = audited(&cells, &AuditOptions::default()).unwrap();
    for (metric, method) in [
        ("true_positive_rate", Method::BetweenGroups),
        ("true_positive_rate", Method::ToOverall),
        ("equalized_odds", Method::Max),
    ] {
        let gap = gap(&audit, metric, method).unwrap();
        assert!(gap.without_value.is_empty());
        let lost: Option<u32> = gap.notes.iter().find_map(|note| {
            let lost = note.strip_suffix(" of 1000 bootstrap replicates have no value")?;
            lost.parse().ok()
        });
        let lost = lost.unwrap_or_default();
        assert!((320..420).contains(&lost), "{metric}: {:?}", gap.notes);
        // `C` is right in each replicate that has it, so no gap is smaller than that to 1.
        assert!(gap.low.is_some_and(|low| low > 0.1), "{metric}: {gap:?}");
    }
}

#[test]
fn a_gap_that_most_replicates_lose_has_no_interval_but_a_note() {
    let mut cells = vec![(A, 1, 1, 60), (A, 1, 0, 60)];
    cells.extend([(B, 1, 1, 1), (C, 1, 1, 1), (3, 1, 0, 1)]);
    let audit = audited(&cells, &AuditOptions::default()).unwrap();
    let gap = gap(&audit, "selection_rate", Method::BetweenGroups).unwrap();
    assert_eq!(gap.value, Some(1.0));
    assert_eq!((gap.low, gap.high, gap.interval), (None, None, None));
    let note = |note: &String| {
        note.starts_with("no interval: ")
            && note.ends_with(" of 1000 bootstrap replicates have no value")
    };
    assert!(gap.notes.iter().any(note), "{:?}", gap.notes);
}
