//! Rates by group and the gaps between them, from step reports.

use std::collections::BTreeMap;

use equipoise_core::{GroupSchema, Task};
use equipoise_metrics::{GroupCube, epoch_values};

use crate::{Error, stage::StepReport};

/// The share of right decisions of a classifier; none for a regression or without rows.
pub(crate) fn accuracy(task: &Task, reports: &[StepReport]) -> Option<f64> {
    let outputs = match task {
        Task::Binary { .. } => 1,
        Task::Multiclass { classes } => classes.len(),
        _ => return None,
    };
    let (mut rows, mut right) = (0usize, 0usize);
    for report in reports {
        rows += report.rows;
        right += report
            .outputs
            .chunks(outputs)
            .zip(&report.targets)
            .filter(|(logits, target)| is_right(logits, **target))
            .count();
    }
    (rows > 0).then(|| right as f64 / rows as f64)
}

fn is_right(logits: &[f32], target: f32) -> bool {
    if let [logit] = logits {
        return (*logit >= 0.0) == (target >= 0.5);
    }
    let largest = logits
        .iter()
        .enumerate()
        .max_by(|(_, a), (_, b)| a.total_cmp(b))
        .map(|(class, _)| class as f32);
    largest.is_some_and(|class| (class - target).abs() < 0.5)
}

/// What is watched from epoch to epoch.
const WATCHED: &[&str] = &[
    "selection_rate",
    "true_positive_rate",
    "false_positive_rate",
    "demographic_parity",
    "equal_opportunity",
    "equalized_odds",
];

/// The rates of a classifier with one logit by group (`selection_rate/sex=Female`), and the
/// largest differences between the groups of each attribute
/// (`demographic_parity_difference/sex`). What cannot be estimated is not there.
pub(crate) fn group_values(
    schema: &GroupSchema,
    reports: &[StepReport],
) -> Result<BTreeMap<String, f64>, Error> {
    let attributes = schema.attributes().len();
    let (mut labels, mut decisions) = (Vec::new(), Vec::new());
    let mut codes = vec![Vec::new(); attributes];
    for report in reports {
        labels.extend(report.targets.iter().map(|target| u8::from(*target >= 0.5)));
        decisions.extend(report.outputs.iter().map(|logit| u8::from(*logit >= 0.0)));
        for row in report.groups.chunks(attributes.max(1)) {
            for (column, code) in codes.iter_mut().zip(row) {
                column.push(*code);
            }
        }
    }
    let mut cube = GroupCube::empty(schema.clone());
    let columns: Vec<&[u32]> = codes.iter().map(Vec::as_slice).collect();
    cube.update_slices(&columns, &labels, &decisions)?;
    Ok(epoch_values(&cube, WATCHED)?)
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;
    use equipoise_core::GroupAttribute;

    use super::*;
    use crate::stage::StepValues;

    fn reports() -> Vec<StepReport> {
        // Two groups; outputs above 0 are positive decisions.
        let report = |outputs: &[f32], targets: &[f32], groups: &[u32]| {
            StepReport::new(StepValues {
                rows: outputs.len(),
                outputs: outputs.to_vec(),
                targets: targets.to_vec(),
                groups: groups.to_vec(),
                ..StepValues::default()
            })
        };
        vec![
            report(&[1.0, -1.0, 2.0], &[1.0, 1.0, 0.0], &[0, 0, 0]),
            report(&[-1.0, -2.0], &[1.0, 0.0], &[1, 1]),
        ]
    }

    #[test]
    fn rates_and_gaps_are_of_all_rows() {
        let schema =
            GroupSchema::new(vec![GroupAttribute::new("sex", ["f", "m"]).unwrap()]).unwrap();
        let values = group_values(&schema, &reports()).unwrap();
        assert_relative_eq!(values["selection_rate/sex=f"], 2.0 / 3.0);
        assert_relative_eq!(values["selection_rate/sex=m"], 0.0);
        assert_relative_eq!(values["demographic_parity_difference/sex"], 2.0 / 3.0);
        assert_relative_eq!(values["equal_opportunity_difference/sex"], 0.5);
        assert_relative_eq!(values["equalized_odds_difference/sex"], 1.0);
    }

    #[test]
    fn a_gap_without_a_second_group_is_not_there() {
        let schema =
            GroupSchema::new(vec![GroupAttribute::new("sex", ["f", "m"]).unwrap()]).unwrap();
        let values = group_values(&schema, &reports()[..1]).unwrap();
        assert!(values.contains_key("selection_rate/sex=f"));
        assert!(!values.contains_key("demographic_parity_difference/sex"));
    }

    #[test]
    fn accuracy_counts_right_decisions() {
        let task = Task::Binary {
            positive: "yes".to_owned(),
        };
        assert_eq!(accuracy(&task, &reports()), Some(0.4));
        assert_eq!(accuracy(&Task::Regression, &reports()), None);
        assert_eq!(accuracy(&task, &[]), None);
    }
}
