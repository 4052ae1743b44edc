//! Gates: what they read, and what they say of an audit.

use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema, Help};
use equipoise_metrics::{Audit, AuditData, AuditOptions, Error, Gate, Quantity, audit};
use rstest::rstest;

fn audited(
    codes: &[u32],
    labels: &[u8],
    predictions: &[u8],
) -> Result<Audit, Box<dyn std::error::Error>> {
    let schema = GroupSchema::new(vec![GroupAttribute::new("sex", ["Female", "Male"])?])?;
    let groups = GroupColumns::new(schema, vec![codes.to_vec()])?;
    let data = AuditData::binary(&groups, labels).with_predictions(predictions);
    Ok(audit(&data, &AuditOptions::default())?)
}

#[rstest]
#[case("accuracy", "no operator")]
#[case("accuracy>", "`` is not a finite number")]
#[case("accuracy>lots", "`lots` is not a finite number")]
#[case("accuracy>NaN", "`NaN` is not a finite number")]
#[case("accuracy_min[sex>0.1", "`[` is not closed")]
#[case("accuracy_min[]>0.1", "an attribute has no name")]
#[case("accuracy[sex]>0.1", "`accuracy` is a value of all rows")]
#[case("accuracy_min[sex]0.1", "no operator")]
#[case("", "no operator")]
#[case("accuracy{class=a>0.1", "`{` is not closed")]
#[case("accuracy{}>0.1", "`` selects nothing")]
#[case("accuracy{a}>0.1", "`a` selects nothing")]
#[case("accuracy{class=}>0.1", "`class=` selects nothing")]
#[case("accuracy{age=a, age=b}>0.1", "`age` is selected twice")]
#[case("accuracy_min[sex]{class=a}>0.1", "no operator")]
#[case("accuracy_min{class=a}[sex>0.1", "`[` is not closed")]
fn a_gate_that_cannot_be_read_says_why(#[case] gate: &str, #[case] problem: &str) {
    let error = gate.parse::<Gate>().unwrap_err();
    assert!(error.to_string().contains(problem), "{error}");
    assert!(error.help().is_some());
}

#[test]
fn a_gate_on_an_unknown_name_offers_the_closest() {
    let error = "demographic_parity_diference>0.1"
        .parse::<Gate>()
        .unwrap_err();
    assert_eq!(
        error.help().as_deref(),
        Some("did you mean `demographic_parity_difference`?")
    );
}

#[rstest]
#[case("demographic_parity_difference>0.4", true)]
#[case("demographic_parity_difference>0.5", false)]
#[case("demographic_parity_difference >= 0.5", true)]
#[case("demographic_parity_difference[sex]>0.4", true)]
#[case("demographic_parity_difference@sex>0.4", true)]
#[case("demographic_parity_ratio<0.8", true)]
#[case("worst_group_accuracy<0.9", true)]
#[case("worst_group_accuracy<=0.5", false)]
#[case("accuracy<0.5", false)]
#[case("equalized_odds_difference_sum>0", true)]
fn gates_compare_values(#[case] gate: &str, #[case] fails: bool) {
    let audit = audited(
        &[0, 0, 0, 0, 1, 1, 1, 1],
        &[0, 0, 1, 1, 0, 0, 1, 1],
        &[0, 0, 0, 1, 0, 1, 1, 1],
    )
    .unwrap();
    let outcomes = gate.parse::<Gate>().unwrap().evaluate(&audit).unwrap();
    assert_eq!(outcomes.len(), 1);
    assert_eq!(outcomes[0].failed, fails, "{}", outcomes[0]);
}

#[test]
fn a_gate_on_what_is_not_estimable_fails_with_its_reason() {
    let audit = audited(&[0, 0, 1, 1], &[0, 0, 0, 1], &[0, 1, 0, 1]).unwrap();
    let gate: Gate = "equal_opportunity_difference>0.1".parse().unwrap();
    let outcomes = gate.evaluate(&audit).unwrap();
    assert!(outcomes[0].failed);
    assert_eq!(
        outcomes[0].to_string(),
        "equal_opportunity_difference by sex is not estimable (a comparison needs two groups \
         with a value, found 1): gate `equal_opportunity_difference>0.1` failed"
    );
}

#[test]
fn a_gate_on_what_was_not_audited_is_an_error() {
    let audit = audited(&[0, 1], &[0, 1], &[0, 1]).unwrap();
    for gate in ["roc_auc<0.9", "accuracy_min[race]<0.9"] {
        let error = gate.parse::<Gate>().unwrap().evaluate(&audit).unwrap_err();
        assert!(matches!(error, Error::GateNotAudited { .. }), "{error}");
    }
}

#[test]
fn every_quantity_reads_back() {
    for quantity in Quantity::all() {
        let again: Quantity = quantity.to_string().parse().unwrap();
        assert_eq!(again.to_string(), quantity.to_string());
        assert_eq!(again.scope(), quantity.scope());
        assert_eq!(again.method(), quantity.method());
    }
}

fn against_the_reference(positives: [u8; 4]) -> Result<Audit, Box<dyn std::error::Error>> {
    let schema = GroupSchema::new(vec![GroupAttribute::new("race", ["A", "B", "C"])?])?;
    let groups = GroupColumns::new(schema, vec![vec![0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]])?;
    let predictions = [&[0, 0, 0, 1, 0, 1, 1, 1], &positives[..]].concat();
    let data = AuditData::binary(&groups, &[0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0])
        .with_predictions(&predictions);
    let options = AuditOptions {
        reference: vec![("race".to_owned(), "B".to_owned())],
        ..AuditOptions::default()
    };
    Ok(audit(&data, &options)?)
}

#[test]
fn a_gate_against_the_reference_judges_each_group_with_its_sign()
-> Result<(), Box<dyn std::error::Error>> {
    let audit = against_the_reference([1, 1, 1, 1])?;
    let gate: Gate = "demographic_parity_difference_to_reference<-0.4".parse()?;
    let outcomes = gate.evaluate(&audit)?;
    let found: Vec<_> = outcomes.iter().map(|o| (o.value, o.failed)).collect();
    assert_eq!(found, [(Some(-0.5), true), (Some(0.25), false)]);
    assert_eq!(
        outcomes[0].to_string(),
        "demographic_parity_difference_to_reference of race=A is -0.5000: \
         gate `demographic_parity_difference_to_reference<-0.4` failed"
    );
    Ok(())
}

#[test]
fn a_gate_fails_with_the_reason_of_what_is_not_estimable() -> Result<(), Box<dyn std::error::Error>>
{
    let audit = against_the_reference([0, 0, 0, 0])?;
    let gate: Gate = "equal_opportunity_difference_to_reference>0.9".parse()?;
    let outcomes = gate.evaluate(&audit)?;
    assert!(!outcomes[0].failed && outcomes[1].failed);
    assert_eq!(
        outcomes[1].reason.as_deref(),
        Some("no row has a positive label")
    );
    // What the convention does not define does not pass either.
    let gate: Gate = "equalized_odds_ratio<0.1".parse()?;
    let mut undefined = audit.clone();
    for record in &mut undefined.records {
        record.without_value.clear();
    }
    assert!(
        gate.evaluate(&undefined)?
            .iter()
            .all(|outcome| outcome.reason.is_none())
    );
    let none: Gate = "demographic_parity_difference_to_reference>0.1".parse()?;
    let error = none
        .evaluate(&audited(&[0, 1], &[0, 1], &[0, 1])?)
        .unwrap_err();
    assert!(matches!(error, Error::GateNotAudited { .. }), "{error}");
    Ok(())
}

/// Three classes, two groups, and a control attribute with two values.
fn of_classes() -> Result<Audit, Box<dyn std::error::Error>> {
    let schema = GroupSchema::new(vec![
        GroupAttribute::new("sex", ["Female", "Male"])?,
        GroupAttribute::new("age", ["<25", ">=25"])?,
    ])?;
    let sex: Vec<u32> = (0..24).map(|row| row % 2).collect();
    let age: Vec<u32> = (0..24).map(|row| u32::from(row >= 12)).collect();
    let labels: Vec<u32> = (0..24).map(|row| row / 2 % 3).collect();
    // Men of class b are always taken for c; nobody else is mistaken.
    let predictions: Vec<u32> = (labels.iter().zip(&sex))
        .map(|(&label, &sex)| if (label, sex) == (1, 1) { 2 } else { label })
        .collect();
    let groups = GroupColumns::new(schema, vec![sex, age])?;
    let classes = ["a", "b", "c"].map(str::to_owned);
    let data =
        AuditData::multiclass(&groups, &classes, &labels).with_class_predictions(&predictions);
    let options = AuditOptions {
        controls: vec!["age".to_owned()],
        replicates: 0,
        ..AuditOptions::default()
    };
    Ok(audit(&data, &options)?)
}

#[rstest]
#[case("true_positive_rate_difference{class=b}>0.5", &[(Some("b"), None, true)])]
#[case("true_positive_rate_difference{class=a}[sex]>0.5", &[(Some("a"), None, false)])]
#[case("true_positive_rate_difference{class=(macro)}>0.5", &[(Some("(macro)"), None, false)])]
#[case(
    "true_positive_rate_difference{class=*}@sex>0.5",
    &[(Some("a"), None, false), (Some("b"), None, true), (Some("c"), None, false)]
)]
#[case("accuracy{age=<25}<0.9", &[(None, Some("age=<25"), true)])]
#[case(
    "accuracy_difference{ age = * } > 0.9",
    &[(None, Some("age=<25"), false), (None, Some("age=>=25"), false)]
)]
#[case("true_positive_rate{class=b, age=>=25}<0.6", &[(Some("b"), Some("age=>=25"), true)])]
fn classes_and_strata_are_selected(
    #[case] gate: &str,
    #[case] expected: &[(Option<&str>, Option<&str>, bool)],
) {
    let outcomes = gate
        .parse::<Gate>()
        .unwrap()
        .evaluate(&of_classes().unwrap())
        .unwrap();
    let control = |o: &equipoise_metrics::GateOutcome| o.control.as_ref().map(ToString::to_string);
    let found: Vec<_> = outcomes
        .iter()
        .map(|o| (o.class.as_deref(), control(o), o.failed))
        .collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|&(class, control, failed)| (class, control.map(str::to_owned), failed))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn an_outcome_names_its_class_and_stratum() {
    let gate: Gate = "true_positive_rate_difference{class=b, age=<25}[sex]>0.5"
        .parse()
        .unwrap();
    let outcomes = gate.evaluate(&of_classes().unwrap()).unwrap();
    assert_eq!(
        outcomes[0].to_string(),
        "true_positive_rate_difference of class b by sex within age=<25 is 1.0000: gate \
         `true_positive_rate_difference{class=b, age=<25}[sex]>0.5` failed"
    );
}

#[rstest]
#[case(
    "accuracy{class=d}<0.9",
    "no class `d`",
    "there are `a`, `b`, `c`, `(macro)`"
)]
#[case(
    "accuracy{age=25}<0.9",
    "no stratum `age=25`",
    "there are `age=<25`, `age=>=25`"
)]
#[case(
    "accuracy{site=north}<0.9",
    "no stratum `site=north`",
    "there are `age=<25`"
)]
fn what_an_audit_does_not_have_is_told(
    #[case] gate: &str,
    #[case] problem: &str,
    #[case] help: &str,
) {
    let gate = gate.parse::<Gate>().unwrap();
    let error = gate.evaluate(&of_classes().unwrap()).unwrap_err();
    assert!(error.to_string().contains(problem), "{error}");
    let found = error.help().unwrap_or_default();
    assert!(found.contains(help), "{found}");
}

#[test]
fn one_outcome_has_no_classes_and_no_strata() {
    let audit = audited(&[0, 1], &[0, 1], &[0, 1]).unwrap();
    for (gate, help) in [
        ("accuracy{class=a}<0.9", "leave out `class`"),
        ("accuracy{age=young}<0.9", "among the control attributes"),
    ] {
        let error = gate.parse::<Gate>().unwrap().evaluate(&audit).unwrap_err();
        let found = error.help().unwrap_or_default();
        assert!(found.contains(help), "{found}");
    }
}

#[test]
fn commas_between_braces_separate_no_gates() {
    let gates = Gate::parse_list("accuracy{class=a, age=*}<0.9,accuracy<0.8").unwrap();
    let texts: Vec<&str> = gates.iter().map(Gate::text).collect();
    assert_eq!(texts, ["accuracy{class=a, age=*}<0.9", "accuracy<0.8"]);
}
