//! What fairlearn does not have is as AIF360 0.6.1, scikit-learn 1.9.1, `SciPy` and netcal say
//! (`tests/golden/make_fairness_oracle.py` of the workspace).

mod compas;

use compas::{Comparison, Outcome, audited, by, group_record, object, oracle};
use equipoise_metrics::Quantity;
use serde_json::Value;

#[test]
fn every_number_is_that_of_the_packages() -> Outcome {
    let (audit, oracle) = (audited()?, oracle("compas_fairness.json")?);
    assert_eq!(Some(audit.rows), oracle["rows"].as_u64());
    let mut comparison = Comparison::default();
    for (metric, expected) in object(&oracle["overall"])? {
        let place = format!("overall {metric}");
        comparison.check(&place, expected, audit.overall(metric));
    }
    for section in oracle["sections"].as_array().ok_or("no sections")? {
        let by = by(section)?;
        for group in section["groups"].as_array().ok_or("no groups")? {
            let values: Vec<&str> = object(&group["attributes"])?
                .values()
                .filter_map(Value::as_str)
                .collect();
            for (metric, expected) in object(&group["metrics"])? {
                let place = format!("{} {metric}", values.join(" x "));
                let record = group_record(&audit, metric, &by, &values);
                comparison.check(&place, expected, record);
            }
        }
        for (metric, expected) in object(&section["between"])? {
            // Each such metric is one number, which its name alone stands for in a gate.
            let name = match metric.as_str() {
                "adverse_impact" => "adverse_impact_ratio",
                name => name,
            };
            let quantity: Quantity = name.parse()?;
            let place = format!("{} {metric}", by.join(" x "));
            comparison.check(&place, expected, quantity.find(&audit, &by));
        }
    }
    assert!(
        comparison.differing.is_empty(),
        "{:#?}",
        comparison.differing
    );
    assert!(
        comparison.compared > 600,
        "{} compared",
        comparison.compared
    );
    Ok(())
}
