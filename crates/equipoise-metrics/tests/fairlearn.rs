//! Under the convention `fairlearn`, every number is that of fairlearn 0.15.0 and scikit-learn
//! 1.9.1 (`tests/golden/` of the workspace says how the numbers were made).

mod compas;

use compas::{Comparison, Outcome, audited, by, compas, group_record, object, oracle};
use equipoise_metrics::{AuditData, AuditOptions, Method, Quantity, Scope, audit};
use serde_json::Value;

#[test]
fn every_number_is_that_of_fairlearn() -> Outcome {
    let (audit, oracle) = (audited()?, oracle("compas.json")?);
    assert_eq!(Some(audit.rows), oracle["rows"].as_u64());
    let mut comparison = Comparison::default();
    let sections = oracle["sections"].as_array().ok_or("no sections")?;
    for section in sections {
        let by = by(section)?;
        let place = |what: &str, name: &str| format!("{} {what} {name}", by.join(" x "));
        for (metric, expected) in object(&section["overall"])? {
            comparison.check(&place("overall", metric), expected, audit.overall(metric));
        }
        for group in section["groups"].as_array().ok_or("no groups")? {
            let wanted: Vec<&str> = object(&group["attributes"])?
                .values()
                .filter_map(Value::as_str)
                .collect();
            for (metric, expected) in object(&group["metrics"])? {
                let record = group_record(&audit, metric, &by, &wanted);
                let place = place(&wanted.join(" x "), metric);
                if metric == "count" && expected.is_null() {
                    // An empty intersection has no rows: a fact that is known.
                    let count = record.and_then(|record| record.count);
                    assert_eq!(count, Some(0), "{place}");
                } else {
                    comparison.check(&place, expected, record);
                }
            }
        }
        for (scope, key) in [(Scope::Difference, "difference"), (Scope::Ratio, "ratio")] {
            for method in [Method::BetweenGroups, Method::ToOverall] {
                for (metric, expected) in object(&section[key][method.name()])? {
                    let record = audit.aggregate(metric, scope, &by, Some(method));
                    let what = format!("{key} {}", method.name());
                    comparison.check(&place(&what, metric), expected, record);
                }
            }
        }
        for (scope, key) in [(Scope::Min, "group_min"), (Scope::Max, "group_max")] {
            for (metric, expected) in object(&section[key])? {
                let record = audit.aggregate(metric, scope, &by, None);
                comparison.check(&place(key, metric), expected, record);
            }
        }
        for (name, expected) in object(&section["fairness"])? {
            let quantity: Quantity = name.parse()?;
            comparison.check(&place("", name), expected, quantity.find(&audit, &by));
        }
    }
    assert!(
        comparison.differing.is_empty(),
        "{:#?}",
        comparison.differing
    );
    assert_eq!(sections.len(), 7);
    assert!(
        comparison.compared > 1900,
        "{} compared",
        comparison.compared
    );
    Ok(())
}

#[test]
fn the_default_convention_says_what_fairlearn_puts_a_number_on() -> Outcome {
    let golden = compas()?;
    let data =
        AuditData::binary(&golden.groups, &golden.labels).with_predictions(&golden.predictions);
    let options = AuditOptions {
        replicates: 0,
        ..AuditOptions::default()
    };
    let ours = audit(&data, &options)?;
    let theirs = audited()?;
    let by = ["race", "sex"];
    let pairs = ours
        .groups("true_positive_rate", &by)
        .zip(theirs.groups("true_positive_rate", &by));
    let mut filled = 0;
    for (ours, theirs) in pairs {
        if ours.value.is_none() && ours.count != Some(0) {
            assert_eq!(ours.reason.as_deref(), Some("no row has a positive label"));
            assert_eq!(theirs.value, Some(0.0));
            assert_eq!((theirs.low, theirs.high), (None, None));
            assert_eq!(
                theirs.notes,
                ["no row has a positive label; fairlearn puts a number here"]
            );
            filled += 1;
        }
    }
    assert!(filled > 0);
    Ok(())
}
