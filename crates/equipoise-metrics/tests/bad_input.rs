//! What cannot be audited is an error that says where; what cannot be estimated is not.

use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema, Help};
use equipoise_metrics::{
    Audit, AuditData, AuditOptions, Convention, GroupCube, Method, Quantity, Scope, TestSummary,
    audit, epoch_values,
};
use rstest::rstest;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn groups(codes: &[u32]) -> Outcome<GroupColumns> {
    let schema = GroupSchema::new(vec![GroupAttribute::new("sex", ["Female", "Male"])?])?;
    Ok(GroupColumns::new(schema, vec![codes.to_vec()])?)
}

fn data<'a>(groups: &'a GroupColumns, labels: &'a [u8], predictions: &'a [u8]) -> AuditData<'a> {
    AuditData::binary(groups, labels).with_predictions(predictions)
}

fn failure(data: &AuditData<'_>) -> String {
    match audit(data, &AuditOptions::default()) {
        Ok(_) => "no failure".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn wrong_rows_are_errors_with_their_place() {
    let two = groups(&[0, 1]).unwrap();
    assert_eq!(
        failure(&data(&groups(&[]).unwrap(), &[], &[])),
        "there are no rows to audit"
    );
    assert_eq!(
        failure(&data(&two, &[0, 2], &[0, 1])),
        "label of row 1 (counted from 0) is 2, and only 0 and 1 are legal"
    );
    assert_eq!(
        failure(&data(&two, &[0, 1], &[9, 1])),
        "prediction of row 0 (counted from 0) is 9, and only 0 and 1 are legal"
    );
    assert_eq!(
        failure(&data(&two, &[0, 1, 1], &[0, 1, 1])),
        "expected 3 group codes, found 2"
    );
    assert_eq!(
        failure(&data(&two, &[0, 1], &[0])),
        "expected 2 predictions, found 1"
    );
    let nobody = GroupColumns::new(GroupSchema::default(), Vec::new()).unwrap();
    assert_eq!(
        failure(&data(&nobody, &[0, 1], &[0, 1])),
        "no group attribute is given"
    );
    let neither = AuditData::binary(&two, &[0, 1]);
    assert_eq!(
        failure(&neither),
        "neither predictions nor scores are given"
    );
}

#[rstest]
#[case(
    f64::NAN,
    "score of row 1 (counted from 0) is NaN, and only numbers from 0 to 1 are legal"
)]
#[case(
    1.5,
    "score of row 1 (counted from 0) is 1.5, and only numbers from 0 to 1 are legal"
)]
#[case(
    -0.1,
    "score of row 1 (counted from 0) is -0.1, and only numbers from 0 to 1 are legal"
)]
fn a_score_that_is_no_probability_is_an_error(#[case] score: f64, #[case] message: &str) {
    let two = groups(&[0, 1]).unwrap();
    let scores = [0.5, score];
    let data = data(&two, &[0, 1], &[0, 1]).with_scores(&scores);
    assert_eq!(failure(&data), message);
}

#[test]
fn wrong_options_are_errors() {
    let two = groups(&[0, 1]).unwrap();
    let data = data(&two, &[0, 1], &[0, 1]);
    let wrong = |options: AuditOptions| audit(&data, &options).unwrap_err();
    let error = wrong(AuditOptions {
        confidence: 95.0,
        ..AuditOptions::default()
    });
    assert_eq!(
        error.to_string(),
        "`confidence` is 95, and a number above 0 and below 1 is legal"
    );
    let error = wrong(AuditOptions {
        metrics: Some(vec!["acuracy".to_owned()]),
        ..AuditOptions::default()
    });
    assert_eq!(error.to_string(), "metric `acuracy` does not exist");
    assert_eq!(error.help().as_deref(), Some("did you mean `accuracy`?"));
    let error = wrong(AuditOptions {
        metrics: Some(vec!["roc_auc".to_owned()]),
        ..AuditOptions::default()
    });
    assert_eq!(
        error.to_string(),
        "metric `roc_auc` needs scores, and none are given"
    );
    let error = wrong(AuditOptions {
        replicates: 100_001,
        ..AuditOptions::default()
    });
    assert_eq!(
        error.to_string(),
        "`replicates` is 100001, and a whole number from 0 to 100000 is legal"
    );
    let error = "fairlern".parse::<Convention>().unwrap_err();
    assert_eq!(error.help().as_deref(), Some("did you mean `fairlearn`?"));
}

#[test]
fn options_can_be_checked_before_there_are_data() {
    assert_eq!(AuditOptions::default().check(), Ok(()));
    let options = |confidence, threshold, replicates| AuditOptions {
        confidence,
        threshold,
        replicates,
        ..AuditOptions::default()
    };
    assert_eq!(
        options(0.5, 1.0, AuditOptions::MAX_REPLICATES).check(),
        Ok(())
    );
    let most = 1.0 - 0.5 * f64::EPSILON;
    for confidence in [0.0, 1.0, most, f64::NAN] {
        assert!(options(confidence, 0.5, 0).check().is_err(), "{confidence}");
    }
    assert!(options(0.95, 1.1, 0).check().is_err());
    assert!(options(0.95, 0.5, usize::MAX).check().is_err());
}

#[test]
fn a_bootstrap_beyond_its_memory_is_an_error_before_it_starts() -> Outcome<()> {
    let names: Vec<String> = (0..2000).map(|index| format!("{index:04}")).collect();
    let schema = GroupSchema::new(vec![GroupAttribute::new("group", names)?])?;
    let groups = GroupColumns::new(schema, vec![(0..2000).collect()])?;
    let labels = vec![1; 2000];
    let options = AuditOptions {
        metrics: Some(vec!["accuracy".to_owned(), "f1".to_owned()]),
        replicates: 100_000,
        ..AuditOptions::default()
    };
    let Err(error) = audit(&data(&groups, &labels, &labels), &options) else {
        return Err("no failure".into());
    };
    // The accuracy of a group has a Wilson interval, and needs no replicates: 2000 + 6 + 6.
    assert_eq!(
        error.to_string(),
        "the bootstrap of 2000 groups would hold 2012 values of each of 100000 replicates, and \
         at most 134217728 numbers in all are legal"
    );
    assert!(
        error
            .help()
            .is_some_and(|help| help.contains("`replicates`"))
    );
    let none = AuditOptions {
        replicates: 0,
        ..options
    };
    assert!(audit(&data(&groups, &labels, &labels), &none).is_ok());
    Ok(())
}

#[test]
fn rows_that_agree_have_no_interval_of_width_zero() -> Outcome<()> {
    let codes: Vec<u32> = (0..40).map(|row| u32::from(row >= 8)).collect();
    let groups = groups(&codes)?;
    let labels: Vec<u8> = (0..40).map(|row| row % 2).collect();
    // The scores of the first group follow the labels; those of the second do not.
    let scores: Vec<f64> = (0..40u8)
        .map(|row| {
            if row < 8 {
                0.1 + 0.7 * f64::from(row % 2)
            } else {
                f64::from(row % 5) / 5.0
            }
        })
        .collect();
    let data = AuditData::binary(&groups, &labels).with_scores(&scores);
    let audit = audit(&data, &AuditOptions::default())?;
    let by_sex = |metric| -> Vec<_> { audit.groups(metric, &["sex"]).collect() };
    let [female, male] = by_sex("roc_auc")[..] else {
        return Err("not two groups".into());
    };
    assert_eq!(
        (female.value, female.low, female.interval),
        (Some(1.0), None, None)
    );
    let note = "no interval: the standard error is 0".to_owned();
    assert!(female.notes.contains(&note), "{:?}", female.notes);
    assert!(male.low < male.value && male.interval.is_some());
    Ok(())
}

#[test]
fn a_mean_of_equal_or_too_few_rows_has_no_interval() -> Outcome<()> {
    let codes = [0, 0, 0, 0, 0, 0, 0, 1];
    let groups = groups(&codes)?;
    // Seven times 0.1 is not exactly 0.7: rounding alone must not make an interval.
    let data = AuditData::binary(&groups, &[0, 1, 0, 1, 0, 1, 0, 1]).with_scores(&[0.1; 8]);
    let audit = audit(&data, &AuditOptions::default())?;
    let means: Vec<_> = audit.groups("mean_score", &["sex"]).collect();
    for (mean, note) in means.iter().zip([
        "no interval: the standard error is 0",
        "no interval: too few rows for a standard error",
    ]) {
        assert_eq!((mean.low, mean.high, mean.interval), (None, None, None));
        assert_eq!(mean.notes[0], note);
    }
    Ok(())
}

fn audited(codes: &[u32], labels: &[u8], predictions: &[u8]) -> Outcome<Audit> {
    let groups = groups(codes)?;
    let data = data(&groups, labels, predictions);
    Ok(audit(&data, &AuditOptions::default())?)
}

#[test]
fn one_group_only_is_reported_not_called_fair() {
    let audit = audited(&[0, 0, 0, 0], &[0, 1, 0, 1], &[0, 1, 1, 1]).unwrap();
    let gap = audit
        .aggregate(
            "demographic_parity",
            Scope::Difference,
            &["sex"],
            Some(Method::BetweenGroups),
        )
        .unwrap();
    assert_eq!(gap.value, None);
    assert_eq!(
        gap.reason.as_deref(),
        Some("a comparison needs two groups with a value, found 1")
    );
    let counts: Vec<_> = audit
        .groups("accuracy", &["sex"])
        .map(|r| r.count)
        .collect();
    assert_eq!(counts, [Some(4), Some(0)]);
    let empty = audit.groups("accuracy", &["sex"]).nth(1).unwrap();
    assert_eq!(empty.reason.as_deref(), Some("the group has no rows"));
    assert_eq!(TestSummary::new(&audit).demographic_parity_difference, None);
    assert!(
        audit
            .notes
            .contains(&"sex: 1 of 2 groups has no rows and no part in the gaps".to_owned())
    );
}

#[test]
fn one_class_only_is_reported() {
    let audit = audited(&[0, 0, 1, 1], &[0, 0, 0, 0], &[0, 1, 0, 1]).unwrap();
    let overall = audit.overall("true_positive_rate").unwrap();
    assert_eq!(
        overall.reason.as_deref(),
        Some("no row has a positive label")
    );
    assert_eq!(
        audit
            .overall("balanced_accuracy")
            .unwrap()
            .reason
            .as_deref(),
        Some("all rows have the same label")
    );
}

#[test]
fn small_groups_are_marked_and_can_be_left_out() {
    let codes: Vec<u32> = (0..50).map(|row| u32::from(row >= 40)).collect();
    let labels: Vec<u8> = (0..50).map(|row| row % 2).collect();
    let predictions: Vec<u8> = (0..50).map(|row| u8::from(row >= 40)).collect();
    let groups = groups(&codes).unwrap();
    let gap = |excludes| {
        let options = AuditOptions {
            min_count_excludes: excludes,
            ..AuditOptions::default()
        };
        let audit = audit(&data(&groups, &labels, &predictions), &options).unwrap();
        let small = audit.groups("accuracy", &["sex"]).nth(1).unwrap();
        assert_eq!(small.notes, ["fewer than 30 rows"]);
        let quantity: Quantity = "selection_rate_difference".parse().unwrap();
        quantity.find(&audit, &["sex"]).unwrap().value
    };
    assert_eq!(gap(false), Some(1.0));
    assert_eq!(gap(true), None);
}

#[test]
fn epoch_values_leave_out_what_is_not_estimable() {
    let groups = groups(&[0, 0, 1, 1]).unwrap();
    let cube = GroupCube::from_rows(&groups, &[0, 0, 0, 1], &[0, 1, 0, 1]).unwrap();
    let values = epoch_values(&cube, &["true_positive_rate", "equalized_odds"]).unwrap();
    let keys: Vec<&str> = values.keys().map(String::as_str).collect();
    assert_eq!(keys, ["true_positive_rate", "true_positive_rate/sex=Male"]);
    assert!(epoch_values(&cube, &["roc_auc"]).is_err());
}
