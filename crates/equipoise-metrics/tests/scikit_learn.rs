//! Agreement with scikit-learn and scipy on classes and numbers; the tables are made by
//! `golden/make_multiclass.py`.

use std::{error::Error, path::Path};

use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema};
use equipoise_metrics::{Audit, AuditData, AuditOptions, MACRO, Method, Record, Scope, audit};
use rstest::rstest;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

#[derive(Deserialize)]
struct Table<T> {
    group: Vec<u32>,
    label: Vec<T>,
    prediction: Vec<T>,
    weight: Vec<f64>,
    #[serde(default)]
    standard_error_of_mean_error_of_a: f64,
    expected: Map<String, Value>,
}

impl<T: DeserializeOwned> Table<T> {
    fn read(name: &str) -> Outcome<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
        let text = std::fs::read_to_string(path.join(name))?;
        Ok(serde_json::from_str(&text)?)
    }

    fn groups(&self) -> Outcome<GroupColumns> {
        let schema = GroupSchema::new(vec![GroupAttribute::new("group", ["a", "b"])?])?;
        Ok(GroupColumns::new(schema, vec![self.group.clone()])?)
    }
}

fn without_bootstrap() -> AuditOptions {
    AuditOptions {
        replicates: 0,
        metrics: None,
        ..AuditOptions::default()
    }
}

fn find<'a>(
    audit: &'a Audit,
    group: &str,
    metric: &str,
    class: Option<&str>,
) -> Option<&'a Record> {
    if group == "all" {
        return audit.overall_of(metric, class);
    }
    let mut groups = audit.groups_of(metric, &["group"], class);
    groups.find(|record| {
        let attributes = record.attributes.as_ref();
        attributes.and_then(|attributes| attributes.get("group")) == Some(group)
    })
}

fn assert_agrees(audit: &Audit, expected: &Value) -> Outcome {
    let mut compared = 0;
    for (group, values) in expected.as_object().ok_or("no groups")? {
        let Some(values) = values.as_object() else {
            let (metric, value) = (group, values.as_f64().ok_or("no number")?);
            let method = Some(Method::BetweenGroups);
            let found = audit.aggregate(metric, Scope::Difference, &["group"], method);
            let found = found.and_then(|record| record.value).ok_or("not audited")?;
            assert!(
                (found - value).abs() < 1e-9,
                "{metric}: {found}, not {value}"
            );
            compared += 1;
            continue;
        };
        for (key, value) in values {
            let (metric, class) = match key.split_once(' ') {
                Some((metric, class)) => (metric, Some(class)),
                None => (key.as_str(), None),
            };
            if equipoise_metrics::metric(metric).is_err() {
                continue;
            }
            let value = value.as_f64().ok_or("no number")?;
            let found = find(audit, group, metric, class).and_then(|record| record.value);
            let found = found.ok_or_else(|| format!("{key} of {group} was not audited"))?;
            assert!(
                (found - value).abs() < 1e-9,
                "{key} of {group}: {found}, not {value}"
            );
            compared += 1;
        }
    }
    assert!(compared >= 18, "{compared} values were compared");
    Ok(())
}

#[rstest]
#[case("unweighted")]
#[case("weighted")]
fn classes_agree_with_scikit_learn(#[case] weighted: &str) -> Outcome {
    let table = Table::<u32>::read("multiclass.json")?;
    let groups = table.groups()?;
    let classes = ["c0", "c1", "c2"].map(str::to_owned);
    let mut data = AuditData::multiclass(&groups, &classes, &table.label)
        .with_class_predictions(&table.prediction);
    if weighted == "weighted" {
        data = data.with_weights(&table.weight);
    }
    let audit = audit(&data, &without_bootstrap())?;
    assert_agrees(&audit, &table.expected[weighted])?;
    // What is meant where no class is named: the whole model, or else the macro mean.
    assert_eq!(
        audit.overall("accuracy"),
        audit.overall_of("accuracy", None)
    );
    assert_eq!(audit.overall("f1"), audit.overall_of("f1", Some(MACRO)));
    Ok(())
}

#[rstest]
#[case("unweighted")]
#[case("weighted")]
fn numbers_agree_with_scikit_learn_and_scipy(#[case] weighted: &str) -> Outcome {
    let table = Table::<f64>::read("regression.json")?;
    let groups = table.groups()?;
    let mut data = AuditData::regression(&groups, &table.label, &table.prediction);
    if weighted == "weighted" {
        data = data.with_weights(&table.weight);
    }
    let audit = audit(&data, &without_bootstrap())?;
    assert_agrees(&audit, &table.expected[weighted])?;
    if weighted == "unweighted" {
        let of_a = find(&audit, "a", "mean_error", None).ok_or("not audited")?;
        let (value, high) = of_a.value.zip(of_a.high).ok_or("no interval")?;
        let expected = 1.959_963_984_540_054 * table.standard_error_of_mean_error_of_a;
        assert!((high - value - expected).abs() < 1e-9, "{of_a:?}");
    }
    Ok(())
}
