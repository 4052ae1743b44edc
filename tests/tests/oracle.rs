//! The program's numbers under `--convention fairlearn` are those of fairlearn 0.15.0 and
//! scikit-learn 1.9.1, which `golden/make_oracle.py` wrote down, and those of AIF360 0.6.1, `SciPy`
//! and netcal, which `golden/make_fairness_oracle.py` wrote down.

use std::{collections::BTreeSet, error::Error, path::PathBuf, process::Command};

use serde_json::{Map, Value};

/// How far two numbers may lie apart.
const TOLERANCE: f64 = 1e-9;

/// The metrics that are functions of counts.
const COUNT_BASED: [&str; 11] = [
    "count",
    "selection_rate",
    "true_positive_rate",
    "false_positive_rate",
    "true_negative_rate",
    "false_negative_rate",
    "accuracy",
    "precision",
    "f1",
    "balanced_accuracy",
    "matthews_correlation",
];

/// The metrics that are functions of scores.
const SCORE_BASED: [&str; 4] = ["roc_auc", "average_precision", "log_loss", "brier_score"];

/// How the golden file calls a fairness notion, and the record that holds it.
const NOTIONS: [(&str, &str, &str, &str); 7] = [
    (
        "demographic_parity_difference",
        "demographic_parity",
        "difference",
        "between_groups",
    ),
    (
        "demographic_parity_ratio",
        "demographic_parity",
        "ratio",
        "between_groups",
    ),
    (
        "equalized_odds_difference",
        "equalized_odds",
        "difference",
        "max",
    ),
    (
        "equalized_odds_difference_mean",
        "equalized_odds",
        "difference",
        "mean",
    ),
    ("equalized_odds_ratio", "equalized_odds", "ratio", "min"),
    (
        "equal_opportunity_difference",
        "equal_opportunity",
        "difference",
        "between_groups",
    ),
    (
        "equal_opportunity_ratio",
        "equal_opportunity",
        "ratio",
        "between_groups",
    ),
];

fn golden(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("golden")
        .join(file)
}

/// What `equipoise audit` says of a golden file.
fn audit(name: &str, groups: &str, options: &[&str]) -> Result<Value, Box<dyn Error>> {
    let output = Command::new(env!("CARGO_BIN_EXE_equipoise-under-test"))
        .arg("audit")
        .arg(golden(&format!("{name}.parquet")))
        .args(["--label", "label", "--prediction", "prediction"])
        .args(["--group", groups])
        .args(["--convention", "fairlearn", "--format", "json"])
        .args(options)
        .output()?;
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{messages}");
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The two sides, and what was compared.
struct Comparison {
    records: Vec<Value>,
    metrics: Vec<&'static str>,
    /// Metrics of which at least one number was compared.
    compared: BTreeSet<String>,
    failures: Vec<String>,
}

impl Comparison {
    fn new(audit: &Value, metrics: Vec<&'static str>) -> Self {
        Self {
            records: list(audit, "records").to_vec(),
            metrics,
            compared: BTreeSet::new(),
            failures: Vec::new(),
        }
    }

    /// Compares all values of one object of a golden file with the records of a place.
    fn compare_all(&mut self, expected: &Value, place: &[(&str, &Value)]) {
        for (metric, expected) in expected.as_object().into_iter().flatten() {
            self.compare_one(metric, expected, place);
        }
    }

    /// Compares the values of one object of the golden file with the records of a place.
    fn compare(&mut self, expected: &Value, place: &[(&str, &Value)]) {
        for metric in self.metrics.clone() {
            self.compare_one(metric, &expected[metric], place);
        }
    }

    fn compare_one(&mut self, metric: &str, expected: &Value, place: &[(&str, &Value)]) {
        let found: Vec<_> = self
            .records
            .iter()
            .filter(|record| {
                record["metric"] == metric
                    && place
                        .iter()
                        .all(|(key, value)| record.get(*key) == Some(value))
            })
            .collect();
        let [record] = found[..] else {
            let count = found.len();
            self.failures
                .push(format!("{metric} at {place:?}: {count} records"));
            return;
        };
        let agree = match (record["value"].as_f64(), expected.as_f64()) {
            (Some(found), Some(expected)) => (found - expected).abs() <= TOLERANCE,
            // An empty intersection is null there and has count 0 here.
            (Some(found), None) => metric == "count" && found == 0.0,
            (None, None) => record["reason"].is_string(),
            (None, Some(_)) => false,
        };
        if !agree {
            let value = &record["value"];
            self.failures.push(format!(
                "{metric} at {place:?}: {value}, expected {expected}"
            ));
        }
        if expected.is_number() {
            self.compared.insert(metric.to_owned());
        }
    }

    fn section(&mut self, section: &Value) {
        let by = &section["by"];
        let no_attributes = Value::Object(Map::new());
        let text = |text: &str| Value::String(text.to_owned());
        self.compare(
            &section["overall"],
            &[("scope", &text("overall")), ("attributes", &no_attributes)],
        );
        for group in list(section, "groups") {
            self.compare(
                &group["metrics"],
                &[
                    ("scope", &text("group")),
                    ("attributes", &group["attributes"]),
                ],
            );
        }
        for (key, scope) in [("group_min", "min"), ("group_max", "max")] {
            self.compare(&section[key], &[("scope", &text(scope)), ("by", by)]);
        }
        for scope in ["difference", "ratio"] {
            for method in ["between_groups", "to_overall"] {
                self.compare(
                    &section[scope][method],
                    &[
                        ("scope", &text(scope)),
                        ("by", by),
                        ("method", &text(method)),
                    ],
                );
            }
        }
        for (key, metric, scope, method) in NOTIONS {
            self.compare_one(
                metric,
                &section["fairness"][key],
                &[
                    ("scope", &text(scope)),
                    ("by", by),
                    ("method", &text(method)),
                ],
            );
        }
    }
}

/// The items of a list; none where there is no list, which then counts as never compared.
fn list<'a>(object: &'a Value, key: &str) -> &'a [Value] {
    object[key].as_array().map_or(&[], Vec::as_slice)
}

fn agrees(
    name: &str,
    groups: &str,
    options: &[&str],
    metrics: Vec<&'static str>,
) -> Result<(), Box<dyn Error>> {
    let oracle: Value = serde_json::from_slice(&std::fs::read(golden(&format!("{name}.json")))?)?;
    let audit = audit(name, groups, options)?;
    assert_eq!(audit["schema"], "equipoise.audit/1");
    assert_eq!(audit["convention"], "fairlearn");
    assert_eq!(audit["rows"], oracle["rows"]);

    let mut comparison = Comparison::new(&audit, metrics);
    for section in list(&oracle, "sections") {
        comparison.section(section);
    }
    let Comparison {
        failures,
        compared,
        metrics,
        ..
    } = comparison;
    assert!(
        failures.is_empty(),
        "{} numbers differ:\n{}",
        failures.len(),
        failures.join("\n")
    );
    for metric in metrics {
        assert!(compared.contains(metric), "{metric} was never compared");
    }
    Ok(())
}

fn all_metrics() -> Vec<&'static str> {
    COUNT_BASED.into_iter().chain(SCORE_BASED).collect()
}

#[test]
fn adult_by_count() -> Result<(), Box<dyn Error>> {
    agrees("adult", "sex,race", &[], COUNT_BASED.to_vec())
}

#[test]
fn adult_by_score() -> Result<(), Box<dyn Error>> {
    agrees("adult", "sex,race", &["--score", "score"], all_metrics())
}

#[test]
fn compas_by_count() -> Result<(), Box<dyn Error>> {
    agrees("compas", "race,sex,age_cat", &[], COUNT_BASED.to_vec())
}

#[test]
fn compas_by_score() -> Result<(), Box<dyn Error>> {
    agrees(
        "compas",
        "race,sex,age_cat",
        &["--score", "score"],
        all_metrics(),
    )
}

/// Compares all numbers that fairlearn does not have.
fn agrees_with_packages(name: &str, groups: &str) -> Result<(), Box<dyn Error>> {
    let file = golden(&format!("{name}_fairness.json"));
    let oracle: Value = serde_json::from_slice(&std::fs::read(file)?)?;
    let audit = audit(name, groups, &["--score", "score"])?;
    assert_eq!(audit["rows"], oracle["rows"]);
    let text = |text: &str| Value::String(text.to_owned());
    let mut comparison = Comparison::new(&audit, Vec::new());
    comparison.compare_all(&oracle["overall"], &[("scope", &text("overall"))]);
    for section in list(&oracle, "sections") {
        for group in list(section, "groups") {
            let place = [
                ("scope", &text("group")),
                ("attributes", &group["attributes"]),
            ];
            comparison.compare_all(&group["metrics"], &place);
        }
        let between = text("between_groups");
        for (metric, expected) in section["between"].as_object().into_iter().flatten() {
            let scope = if metric == "adverse_impact" {
                "ratio"
            } else {
                "difference"
            };
            let place = [
                ("scope", &text(scope)),
                ("by", &section["by"]),
                ("method", &between),
            ];
            comparison.compare_one(metric, expected, &place);
        }
    }
    let Comparison {
        failures, compared, ..
    } = comparison;
    let failed = failures.len();
    assert_eq!(
        failed,
        0,
        "{failed} numbers differ:\n{}",
        failures.join("\n")
    );
    assert_eq!(compared.len(), 24, "{compared:?}");
    Ok(())
}

#[test]
fn adult_by_what_fairlearn_does_not_have() -> Result<(), Box<dyn Error>> {
    agrees_with_packages("adult", "sex,race")
}

#[test]
fn compas_by_what_fairlearn_does_not_have() -> Result<(), Box<dyn Error>> {
    agrees_with_packages("compas", "race,sex,age_cat")
}
