//! Rates by group and the gaps between them, from step reports.

use std::collections::BTreeMap;

use equipoise_core::{GroupSchema, Task};
use equipoise_metrics::{GroupCube, epoch_values};

use crate::{Error, stage::StepReport};

/// The share of right decisions of a classifier; none for a regression or without rows.
///
/// A model with one logit decides for the positive class from `cut`.
pub(crate) fn accuracy(task: &Task, cut: f32, reports: &[StepReport]) -> Option<f64> {
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
            .filter(|(logits, target)| is_right(logits, cut, **target))
            .count();
    }
    (rows > 0).then(|| right as f64 / rows as f64)
}

/// Which rows a classifier decides wrongly, in the order of the reports; none of a regression.
pub(crate) fn mistakes(task: &Task, cut: f32, reports: &[StepReport]) -> Vec<bool> {
    let outputs = match task {
        Task::Binary { .. } => 1,
        Task::Multiclass { classes } => classes.len(),
        _ => return vec![false; reports.iter().map(|report| report.rows).sum()],
    };
    reports
        .iter()
        .flat_map(|report| report.outputs.chunks(outputs).zip(&report.targets))
        .map(|(logits, target)| !is_right(logits, cut, *target))
        .collect()
}

fn is_right(logits: &[f32], cut: f32, target: f32) -> bool {
    if let [logit] = logits {
        return (*logit >= cut) == (target >= 0.5);
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
    let mut cube = GroupCube::empty(schema.clone());
    for counted in reports.iter().filter_map(|report| report.cube.as_ref()) {
        cube.merge(counted)?;
    }
    Ok(epoch_values(&cube, WATCHED)?)
}

/// The logit from which the score `1 / (1 + exp(-logit))` is at least a threshold in `[0, 1]`.
#[expect(clippy::cast_possible_truncation, reason = "logits are f32")]
pub(crate) fn cut(threshold: f64) -> f32 {
    (threshold / (1.0 - threshold)).ln() as f32
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;
    use equipoise_core::GroupAttribute;

    use super::*;
    use crate::stage::StepValues;

    fn schema() -> GroupSchema {
        GroupSchema::new(vec![GroupAttribute::new("sex", ["f", "m"]).unwrap()]).unwrap()
    }

    fn reports() -> Vec<StepReport> {
        // Two groups; outputs above 0 are positive decisions.
        let report = |outputs: &[f32], targets: &[f32], groups: &[u32]| {
            let bits = |values: &[f32]| {
                values
                    .iter()
                    .map(|&v| u8::from(v > 0.0))
                    .collect::<Vec<u8>>()
            };
            let mut cube = GroupCube::empty(schema());
            cube.update_slices(&[groups], &bits(targets), &bits(outputs))
                .unwrap();
            StepReport::new(StepValues {
                cube: Some(cube),
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
        let values = group_values(&schema(), &reports()).unwrap();
        assert_relative_eq!(values["selection_rate/sex=f"], 2.0 / 3.0);
        assert_relative_eq!(values["selection_rate/sex=m"], 0.0);
        assert_relative_eq!(values["demographic_parity_difference/sex"], 2.0 / 3.0);
        assert_relative_eq!(values["equal_opportunity_difference/sex"], 0.5);
        assert_relative_eq!(values["equalized_odds_difference/sex"], 1.0);
    }

    #[test]
    fn a_gap_without_a_second_group_is_not_there() {
        let values = group_values(&schema(), &reports()[..1]).unwrap();
        assert!(values.contains_key("selection_rate/sex=f"));
        assert!(!values.contains_key("demographic_parity_difference/sex"));
    }

    #[test]
    fn a_cut_is_the_logit_of_a_threshold() {
        assert_relative_eq!(cut(0.5), 0.0);
        assert_relative_eq!(1.0 / (1.0 + (-cut(0.3)).exp()), 0.3);
        assert!(cut(0.0) < f32::MIN);
        assert!(cut(1.0) > f32::MAX);
    }

    #[test]
    fn accuracy_counts_right_decisions() {
        let task = Task::Binary {
            positive: "yes".to_owned(),
        };
        assert_eq!(accuracy(&task, 0.0, &reports()), Some(0.4));
        assert_eq!(accuracy(&Task::Regression, 0.0, &reports()), None);
        assert_eq!(accuracy(&task, 0.0, &[]), None);
    }
}
