//! Control attributes: a stratum is audited as its rows alone would be.

use std::{error::Error, fs, path::Path};

use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema};
use equipoise_metrics::{
    Attributes, Audit, AuditData, AuditOptions, Convention, Method, Record, Scope, Stratum, audit,
};
use proptest::prelude::*;
use serde::Deserialize;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Rows of sex and age, with labels, predictions and scores.
#[derive(Debug, Clone)]
struct Rows(Vec<(u32, u32, u8, u8, f64)>);

fn audited(rows: &Rows, ages: &[&str], options: &AuditOptions) -> Outcome<Audit> {
    let schema = GroupSchema::new(vec![
        GroupAttribute::new("sex", ["Female", "Male"])?,
        GroupAttribute::new("age", ages.iter().copied())?,
    ])?;
    let column = |pick: fn(&(u32, u32, u8, u8, f64)) -> u32| rows.0.iter().map(pick).collect();
    let groups = GroupColumns::new(schema, vec![column(|row| row.0), column(|row| row.1)])?;
    let labels: Vec<u8> = rows.0.iter().map(|row| row.2).collect();
    let predictions: Vec<u8> = rows.0.iter().map(|row| row.3).collect();
    let scores: Vec<f64> = rows.0.iter().map(|row| row.4).collect();
    let data = AuditData::binary(&groups, &labels)
        .with_predictions(&predictions)
        .with_scores(&scores);
    Ok(audit(&data, options)?)
}

fn by_age() -> AuditOptions {
    AuditOptions {
        controls: vec!["age".to_owned()],
        reference: vec![("sex".to_owned(), "Male".to_owned())],
        replicates: 20,
        permutations: 9,
        ..AuditOptions::default()
    }
}

fn control(age: &str) -> Attributes {
    Attributes(vec![("age".to_owned(), age.to_owned())])
}

fn stratum<'a>(audit: &'a Audit, age: &str) -> Option<&'a Stratum> {
    audit
        .strata
        .iter()
        .find(|stratum| stratum.control == control(age))
}

const AGES: [&str; 3] = ["young", "middle", "old"];

fn rows() -> impl Strategy<Value = Rows> {
    let row = (0u32..2, 0u32..3, 0u8..2, 0u8..2, 0.0..1.0);
    prop::collection::vec(row, 1..60).prop_map(Rows)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_stratum_is_audited_as_its_rows_alone(rows in rows()) {
        let audit = audited(&rows, &AGES, &by_age()).unwrap();
        prop_assert_eq!(&audit.attributes, &["sex"]);
        for (code, age) in AGES.into_iter().enumerate() {
            let alone = rows.0.iter().copied().filter(|row| row.1 as usize == code);
            let alone = Rows(alone.map(|row| (row.0, 0, row.2, row.3, row.4)).collect());
            if alone.0.is_empty() {
                prop_assert_eq!(stratum(&audit, age), None);
                let of_stratum = |record: &&Record| record.control.as_ref() == Some(&control(age));
                prop_assert_eq!(audit.records.iter().find(of_stratum), None);
                let note = format!("no row has age={age}, so there are no values of it");
                prop_assert!(audit.notes.contains(&note));
                continue;
            }
            let within = audit.within(stratum(&audit, age).unwrap());
            let expected = audited(&alone, &[age], &by_age()).unwrap();
            prop_assert_eq!(within.rows, expected.rows);
            // How many tests there are in all differs, so their correction does.
            let bare = |records: Vec<Record>| -> Vec<Record> {
                let not_conditional = records.into_iter().filter(|r| r.metric != "conditional_demographic_parity");
                not_conditional
                    .filter(|record| record.control.is_none())
                    .map(|record| Record { adjusted_p_value: None, ..record })
                    .collect()
            };
            prop_assert_eq!(bare(within.records), bare(expected.records));
        }
    }

    #[test]
    fn conditional_parity_weighs_the_gaps_of_the_strata_by_their_rows(rows in rows()) {
        let audit = audited(&rows, &AGES, &by_age()).unwrap();
        let (mut gaps, mut weights, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
        for age in &audit.strata {
            let within = audit.within(age);
            let between = Some(Method::BetweenGroups);
            let gap = within.aggregate("demographic_parity", Scope::Difference, &["sex"], between);
            match gap.unwrap().value {
                Some(gap) => {
                    gaps.push(gap);
                    weights.push(within.rows as f64);
                }
                None => left_out.push(age.control.clone()),
            }
        }
        let find = |method| {
            audit.aggregate("conditional_demographic_parity", Scope::Difference, &["sex"], Some(method)).unwrap()
        };
        let (mean, max) = (find(Method::Mean), find(Method::Max));
        prop_assert_eq!(&mean.without_value, &left_out);
        if gaps.is_empty() {
            prop_assert_eq!(mean.reason.as_deref(), Some("no stratum has two groups with a value"));
            return Ok(());
        }
        let weighted: f64 = gaps.iter().zip(&weights).map(|(gap, rows)| gap * rows).sum();
        prop_assert!((mean.value.unwrap() - weighted / weights.iter().sum::<f64>()).abs() < 1e-12);
        prop_assert!((max.value.unwrap() - gaps.iter().copied().fold(0.0, f64::max)).abs() < 1e-12);
        prop_assert!(left_out.is_empty() == mean.notes.iter().all(|note| !note.contains("strat")));
    }

    #[test]
    fn strata_leave_the_values_of_all_rows_as_they_are(rows in rows()) {
        let with = audited(&rows, &AGES, &by_age()).unwrap();
        let options = AuditOptions { controls: Vec::new(), reference: Vec::new(), ..by_age() };
        let without = audited(&rows, &AGES, &options).unwrap();
        for record in without.records.iter().filter(|r| r.by.as_deref() == Some(&["sex".to_owned()])) {
            let same = with.aggregate(&record.metric, record.scope, &["sex"], record.method).unwrap();
            prop_assert_eq!((same.value, same.low, same.p_value), (record.value, record.low, record.p_value));
        }
    }
}

#[test]
fn simpsons_paradox_shows() -> Outcome {
    // Both sexes are selected equally often at each age, and the young are mostly female.
    let mut rows = Vec::new();
    for (age, sex, count, selected) in
        [(0, 0, 80, 8), (0, 1, 20, 2), (2, 0, 20, 10), (2, 1, 80, 40)]
    {
        rows.extend(
            (0..count).map(|i| (sex, age, u8::from(i % 2 == 0), u8::from(i < selected), 0.5)),
        );
    }
    let audit = audited(&Rows(rows), &AGES, &by_age())?;
    let plain = audit.aggregate(
        "demographic_parity",
        Scope::Difference,
        &["sex"],
        Some(Method::BetweenGroups),
    );
    assert!((plain.and_then(|gap| gap.value).ok_or("no gap")? - 0.24).abs() < 1e-12);
    let conditional = audit.aggregate(
        "conditional_demographic_parity",
        Scope::Difference,
        &["sex"],
        Some(Method::Mean),
    );
    assert!(conditional.and_then(|gap| gap.value).ok_or("no gap")?.abs() < 1e-12);
    Ok(())
}

#[test]
fn the_rows_of_a_stratum_do_not_hang_on_the_metrics() -> Outcome {
    let rows = Rows(vec![
        (0, 0, 0, 1, 0.5),
        (1, 0, 1, 0, 0.2),
        (1, 2, 1, 0, 0.2),
    ]);
    // A gap has no value of all rows of a stratum.
    let options = AuditOptions {
        metrics: Some(vec!["demographic_parity".to_owned()]),
        ..by_age()
    };
    let audit = audited(&rows, &AGES, &options)?;
    let strata: Vec<(&str, u64)> = audit
        .strata
        .iter()
        .filter_map(|stratum| Some((stratum.control.get("age")?, stratum.rows)))
        .collect();
    assert_eq!(strata, [("young", 2), ("old", 1)]);
    let table = audit.to_table();
    assert!(table.contains("within age=young: 2 rows"), "{table}");
    assert!(table.contains("within age=old: 1 row\n"), "{table}");
    Ok(())
}

#[test]
fn a_control_that_cannot_be_one_is_an_error() -> Outcome {
    let rows = Rows(vec![(0, 0, 0, 1, 0.5), (1, 1, 1, 0, 0.2)]);
    let error = |options: &AuditOptions| -> Outcome<String> {
        Ok(audited(&rows, &AGES, options)
            .err()
            .ok_or("no error")?
            .to_string())
    };
    let named = |controls: &[&str]| AuditOptions {
        controls: controls.iter().map(|&name| name.to_owned()).collect(),
        ..AuditOptions::default()
    };
    assert_eq!(
        error(&named(&["agee"]))?,
        "`controls` names `agee`, which is not among the groups that are compared"
    );
    assert_eq!(
        error(&named(&["age", "sex"]))?,
        "no group attribute is given"
    );
    let options = AuditOptions {
        metrics: Some(vec!["conditional_demographic_parity".to_owned()]),
        ..AuditOptions::default()
    };
    assert_eq!(
        error(&options)?,
        "metric `conditional_demographic_parity` needs control attributes, and none are given"
    );
    let options = AuditOptions {
        reference: vec![("age".to_owned(), "old".to_owned())],
        ..by_age()
    };
    assert!(error(&options)?.starts_with("`reference` names `age`"));
    Ok(())
}

#[derive(Deserialize)]
struct Golden {
    strata: Strata,
}

#[derive(Deserialize)]
struct Strata {
    attribute: String,
    control: String,
    values: Vec<Number>,
}

/// A value of fairlearn; `group` is the stratum.
#[derive(Deserialize)]
struct Number {
    metric: String,
    scope: Scope,
    method: Option<Method>,
    group: String,
    value: f64,
}

#[test]
fn strata_are_those_of_the_control_features_of_fairlearn() -> Outcome {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let golden = fs::read_to_string(folder.join("conventions.json"))?;
    let golden = serde_json::from_str::<Golden>(&golden)?.strata;
    let text = fs::read_to_string(folder.join("compas.csv"))?;
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let head = lines.next().ok_or("no head line")?;
    let place = |name: &str| {
        head.iter()
            .position(|found| *found == name)
            .ok_or("no column")
    };
    let (sex, age) = (place(&golden.attribute)?, place(&golden.control)?);
    let ages = ["25 - 45", "Greater than 45", "Less than 25"];
    let mut rows = Vec::new();
    for line in lines {
        let age = ages
            .iter()
            .position(|name| *name == line[age])
            .ok_or("no age")?;
        let (label, prediction, score) = (line[0].parse()?, line[2].parse()?, line[1].parse()?);
        rows.push((
            u32::from(line[sex] == "Male"),
            u32::try_from(age)?,
            label,
            prediction,
            score,
        ));
    }
    let options = AuditOptions {
        convention: Convention::Fairlearn,
        controls: vec!["age".to_owned()],
        replicates: 0,
        ..AuditOptions::default()
    };
    let audit = audited(&Rows(rows), &ages, &options)?;
    for value in &golden.values {
        let within = audit.within(stratum(&audit, &value.group).ok_or("no such stratum")?);
        let found = match value.scope {
            Scope::Overall => within.overall(&value.metric),
            scope => within.aggregate(&value.metric, scope, &["sex"], value.method),
        };
        let found = found.and_then(|record| record.value).ok_or("no value")?;
        assert!(
            (found - value.value).abs() < 1e-9,
            "{} {}",
            value.metric,
            value.group
        );
    }
    assert_eq!(golden.values.len(), 84);
    Ok(())
}
