//! Outcomes, weights and memberships that cannot be audited are errors that say where.

use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema, Help};
use equipoise_metrics::{AuditData, AuditOptions, LabelColumn, Membership, audit};
use rstest::rstest;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

fn two_rows() -> Outcome<GroupColumns> {
    let schema = GroupSchema::new(vec![GroupAttribute::new("sex", ["f", "m"])?])?;
    Ok(GroupColumns::new(schema, vec![vec![0, 1]])?)
}

fn failure(data: &AuditData<'_>) -> String {
    match audit(data, &AuditOptions::default()) {
        Ok(_) => "no failure".to_owned(),
        Err(error) => error.to_string(),
    }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

#[rstest]
#[case(0.0)]
#[case(-1.0)]
#[case(f64::NAN)]
#[case(f64::INFINITY)]
fn a_weight_that_counts_nothing_or_everything_is_an_error(#[case] weight: f64) -> Outcome {
    let groups = two_rows()?;
    let weights = [1.0, weight];
    let data = AuditData::binary(&groups, &[0, 1]).with_predictions(&[0, 1]);
    let found = failure(&data.with_weights(&weights));
    assert!(
        found.starts_with(&format!(
            "weight of row 1 (counted from 0) is {weight}, and"
        )),
        "{found}"
    );
    assert_eq!(
        failure(&data.with_weights(&[1.0])),
        "expected 2 weights, found 1"
    );
    assert_eq!(
        failure(&data.with_entities(&[1])),
        "expected 2 entities, found 1"
    );
    Ok(())
}

#[test]
fn classes_are_checked() -> Outcome {
    let groups = two_rows()?;
    let of = |classes: &[&str], labels: &[u32], predictions: &[u32]| {
        let classes = names(classes);
        let data = AuditData::multiclass(&groups, &classes, labels);
        failure(&data.with_class_predictions(predictions))
    };
    assert_eq!(of(&["a", "b"], &[0, 1], &[1, 0]), "no failure");
    assert_eq!(
        of(&["a", "b"], &[0, 2], &[1, 0]),
        "label of row 1 (counted from 0) is class 2, and only codes below 2 are legal"
    );
    assert_eq!(
        of(&["a", "b"], &[0, 1], &[9, 0]),
        "prediction of row 0 (counted from 0) is class 9, and only codes below 2 are legal"
    );
    assert_eq!(
        of(&["a"], &[0, 0], &[0, 0]),
        "found 1 class names, and at least two are legal"
    );
    assert_eq!(
        of(&["a", "a"], &[0, 1], &[1, 0]),
        "class `a` is listed twice"
    );
    assert_eq!(
        of(&["a", "(macro)"], &[0, 1], &[1, 0]),
        "class `(macro)` is the name of a mean"
    );
    let classes = names(&["a", "b"]);
    let data = AuditData::multiclass(&groups, &classes, &[0, 1]);
    assert_eq!(failure(&data), "neither predictions nor scores are given");
    let columns = [&[0.5, 0.5][..], &[0.5, 1.5]];
    assert_eq!(
        failure(&data.with_class_scores(&columns)),
        "class `b`: score of row 1 (counted from 0) is 1.5, and only numbers from 0 to 1 are legal"
    );
    assert_eq!(
        failure(&data.with_class_scores(&columns[..1])),
        "expected 2 score columns, one for each class, found 1"
    );
    assert_eq!(
        failure(&data.with_predictions(&[0, 1])),
        "predictions of 0 and 1 were added to an outcome of several classes"
    );
    Ok(())
}

#[test]
fn more_groups_and_classes_than_memory_holds_are_an_error() -> Outcome {
    let values = |prefix: &str, count: usize| -> Vec<String> {
        (0..count).map(|value| format!("{prefix}{value}")).collect()
    };
    let schema = GroupSchema::new(vec![GroupAttribute::new("group", values("g", 100))?])?;
    let groups = GroupColumns::new(schema, vec![vec![0, 1]])?;
    let classes = values("c", 500);
    let data = AuditData::multiclass(&groups, &classes, &[0, 1]).with_class_predictions(&[0, 1]);
    let error = audit(&data, &AuditOptions::default())
        .err()
        .ok_or("no failure")?;
    assert_eq!(
        error.to_string(),
        "100 groups of 250001 sums each are too many: at most 16777216 sums in all are legal"
    );
    assert!(
        error
            .help()
            .is_some_and(|help| help.contains("rare classes"))
    );
    Ok(())
}

#[test]
fn outputs_are_checked_by_name() -> Outcome {
    let groups = two_rows()?;
    let of = |outputs: &[LabelColumn<'_>]| failure(&AuditData::multilabel(&groups, outputs));
    let good = LabelColumn::new("x", &[0, 1]).with_predictions(&[0, 1]);
    assert_eq!(of(&[good]), "no failure");
    assert_eq!(of(&[good, good]), "output `x` is listed twice");
    assert_eq!(
        of(&[good, LabelColumn::new("y", &[0, 1])]),
        "output `y`: neither predictions nor scores are given"
    );
    assert_eq!(
        of(&[
            good,
            LabelColumn::new("y", &[0, 7]).with_predictions(&[0, 1])
        ]),
        "output `y`: label of row 1 (counted from 0) is 7, and only 0 and 1 are legal"
    );
    assert_eq!(of(&[]), "there are no rows to audit");
    Ok(())
}

#[test]
fn numbers_are_checked_and_have_metrics_of_their_own() -> Outcome {
    let groups = two_rows()?;
    assert_eq!(
        failure(&AuditData::regression(
            &groups,
            &[0.0, f64::NAN],
            &[0.0, 1.0]
        )),
        "label of row 1 (counted from 0) is NaN, and only numbers from -1e50 to 1e50 are legal"
    );
    assert_eq!(
        failure(&AuditData::regression(
            &groups,
            &[0.0, 1.0],
            &[f64::INFINITY, 1.0]
        )),
        "prediction of row 0 (counted from 0) is inf, and only numbers from -1e50 to 1e50 are legal"
    );
    let options = AuditOptions {
        metrics: Some(names(&["accuracy"])),
        ..AuditOptions::default()
    };
    let data = AuditData::regression(&groups, &[0.0, 1.0], &[0.0, 1.0]);
    let error = audit(&data, &options).err().ok_or("no failure")?;
    assert_eq!(
        error.to_string(),
        "metric `accuracy` is not defined for a regression outcome"
    );
    Ok(())
}

#[test]
fn memberships_are_probabilities_of_an_attribute() -> Outcome {
    let groups = two_rows()?;
    let of = |attribute: usize, columns: &[&[f64]]| {
        let memberships = [Membership {
            attribute,
            probabilities: columns,
        }];
        let data = AuditData::binary(&groups, &[0, 1]).with_predictions(&[0, 1]);
        failure(&data.with_memberships(&memberships))
    };
    assert_eq!(of(0, &[&[0.5, 1.0], &[0.5, 0.0]]), "no failure");
    assert_eq!(
        of(0, &[&[0.5, 1.2], &[0.5, -0.2]]),
        "probability of `sex` = `f` in row 1 (counted from 0) is 1.2, and only numbers from 0 to 1 \
         are legal"
    );
    assert_eq!(
        of(0, &[&[0.5, 0.5], &[0.5, 0.25]]),
        "the probabilities of `sex` in row 1 (counted from 0) sum to 0.75, and only 1 is legal"
    );
    assert_eq!(
        of(0, &[&[0.5, 0.5]]),
        "expected 2 membership columns, one for each group, found 1"
    );
    assert_eq!(
        of(3, &[]),
        "attribute position 3 does not exist, there are 1 attributes"
    );
    Ok(())
}
