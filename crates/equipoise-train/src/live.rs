//! What is seen while training runs: burn-train metrics over plain step reports.

use std::sync::Arc;

use burn::tensor::TensorReadError;
use burn_train::metric::{
    Metric, MetricAttributes, MetricMetadata, MetricName, Numeric, NumericAttributes, NumericEntry,
    SerializedEntry, format_float,
};

use crate::stage::StepReport;

/// A number shown while training runs.
///
/// Over an epoch it is the mean over rows of what the batches gave, or the gap of all rows so
/// far.
#[derive(Debug, Clone)]
pub(crate) struct LiveMetric {
    name: Arc<String>,
    higher_is_better: bool,
    source: Source,
    sum: f64,
    rows: f64,
    /// Rows and positive decisions of each group.
    groups: Vec<(f64, f64)>,
    last: Option<f64>,
}

#[derive(Debug, Clone, Copy)]
enum Source {
    /// A loss of the step, by name.
    Loss(&'static str),
    /// The share of right decisions between two classes.
    Accuracy,
    /// The largest difference of the rate of positive decisions between the groups of an
    /// attribute, by position.
    ParityGap { position: usize },
}

impl LiveMetric {
    /// A loss by its name in the report.
    pub(crate) fn loss(name: &'static str, shown: &str) -> Self {
        Self::new(shown.to_owned(), false, Source::Loss(name), 0)
    }

    /// The accuracy between two classes.
    pub(crate) fn accuracy() -> Self {
        Self::new("Accuracy".to_owned(), true, Source::Accuracy, 0)
    }

    /// The demographic-parity difference between the groups of an attribute.
    pub(crate) fn parity_gap(attribute: &str, groups: usize, position: usize) -> Self {
        Self::new(
            format!("Demographic parity difference ({attribute})"),
            false,
            Source::ParityGap { position },
            groups,
        )
    }

    fn new(name: String, higher_is_better: bool, source: Source, groups: usize) -> Self {
        Self {
            name: Arc::new(name),
            higher_is_better,
            source,
            sum: 0.0,
            rows: 0.0,
            groups: vec![(0.0, 0.0); groups],
            last: None,
        }
    }

    /// Takes a batch in; returns its own value, where there is one.
    fn take(&mut self, report: &StepReport) -> Option<f64> {
        match self.source {
            Source::Loss(name) => {
                let value = report.loss(name)?;
                self.add(value, report.rows);
                Some(value)
            }
            Source::Accuracy => {
                let everybody = report.cube.as_ref()?.roll_up(&[]).ok()?;
                let [negatives, _, _, positives] = everybody.counts(0);
                let share = (negatives + positives) as f64 / everybody.rows().max(1) as f64;
                self.add(share, report.rows);
                Some(share)
            }
            Source::ParityGap { position } => {
                // The position is one of the schema that was counted by.
                let groups = report.cube.as_ref()?.roll_up(&[position]).ok()?;
                let rates = (0..self.groups.len()).map(|group| {
                    let counts = groups.counts(group);
                    let [_, false_alarms, _, hits] = counts;
                    let rows = counts.iter().sum::<u64>();
                    (rows as f64, (false_alarms + hits) as f64)
                });
                let batch: Vec<(f64, f64)> = rates.collect();
                for (total, (rows, positives)) in self.groups.iter_mut().zip(&batch) {
                    total.0 += rows;
                    total.1 += positives;
                }
                gap(&batch)
            }
        }
    }

    fn add(&mut self, value: f64, rows: usize) {
        self.sum += value * rows as f64;
        self.rows += rows as f64;
    }

    fn running(&self) -> Option<f64> {
        match self.source {
            Source::ParityGap { .. } => gap(&self.groups),
            _ => (self.rows > 0.0).then(|| self.sum / self.rows),
        }
    }
}

/// The largest difference of rates between groups that have rows; none below two such groups.
fn gap(groups: &[(f64, f64)]) -> Option<f64> {
    let rates: Vec<f64> = groups
        .iter()
        .filter(|(rows, _)| *rows > 0.0)
        .map(|(rows, positives)| positives / rows)
        .collect();
    if rates.len() < 2 {
        return None;
    }
    let (low, high) = rates
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), rate| {
            (low.min(*rate), high.max(*rate))
        });
    Some(high - low)
}

impl Metric for LiveMetric {
    type Input = StepReport;

    fn name(&self) -> MetricName {
        Arc::clone(&self.name)
    }

    fn attributes(&self) -> MetricAttributes {
        NumericAttributes {
            unit: None,
            higher_is_better: self.higher_is_better,
        }
        .into()
    }

    fn update(
        &mut self,
        report: &StepReport,
        _metadata: &MetricMetadata,
    ) -> Result<SerializedEntry, TensorReadError> {
        self.last = self.take(report);
        let (Some(running), Some(last)) = (self.running(), self.last) else {
            return Ok(SerializedEntry::not_available(None));
        };
        Ok(SerializedEntry::new(
            format!(
                "epoch {} - batch {}",
                format_float(running, 4),
                format_float(last, 4)
            ),
            NumericEntry::Aggregated {
                aggregated_value: last,
                count: report.rows,
            }
            .serialize(),
        ))
    }

    fn compute(&mut self) -> Result<SerializedEntry, TensorReadError> {
        Ok(match self.running() {
            Some(value) => SerializedEntry::new(
                format!("epoch {}", format_float(value, 4)),
                NumericEntry::Final(value).serialize(),
            ),
            None => SerializedEntry::not_available(None),
        })
    }

    fn clear(&mut self) {
        self.sum = 0.0;
        self.rows = 0.0;
        self.groups.fill((0.0, 0.0));
        self.last = None;
    }
}

impl Numeric for LiveMetric {
    fn value(&self) -> Option<NumericEntry> {
        self.last.map(NumericEntry::Value)
    }

    fn running_value(&self) -> Option<NumericEntry> {
        self.running().map(NumericEntry::Value)
    }

    fn final_value(&self) -> NumericEntry {
        // burn-train asks for a number; NaN is its sign for "none", and is not kept by us.
        NumericEntry::Final(self.running().unwrap_or(f64::NAN))
    }
}

#[cfg(test)]
mod tests {
    use equipoise_core::{GroupAttribute, GroupSchema};
    use equipoise_metrics::GroupCube;

    use super::*;
    use crate::stage::StepValues;

    fn report(outputs: &[f32], groups: &[u32]) -> StepReport {
        let sex = GroupAttribute::new("sex", ["f", "m"]).unwrap();
        let mut cube = GroupCube::empty(GroupSchema::new(vec![sex]).unwrap());
        let decisions: Vec<u8> = outputs.iter().map(|&v| u8::from(v >= 0.0)).collect();
        cube.update_slices(&[groups], &vec![1; outputs.len()], &decisions)
            .unwrap();
        StepReport::new(StepValues {
            cube: Some(cube),
            rows: outputs.len(),
            losses: vec![("loss", f64::from(outputs[0]))],
            outputs: outputs.to_vec(),
            targets: vec![1.0; outputs.len()],
            groups: groups.to_vec(),
            ..StepValues::default()
        })
    }

    fn metadata() -> MetricMetadata {
        MetricMetadata {
            progress: burn::data::dataloader::Progress::new(1, 1, None),
            iteration: None,
            lr: None,
        }
    }

    #[test]
    fn a_gap_is_of_all_rows_so_far_and_not_a_mean_of_batches() {
        let mut metric = LiveMetric::parity_gap("sex", 2, 0);
        // Batch gaps 1 and 1 in opposite directions: together there is none.
        metric
            .update(&report(&[1.0, -1.0], &[0, 1]), &metadata())
            .unwrap();
        assert_eq!(metric.running(), Some(1.0));
        metric
            .update(&report(&[-1.0, 1.0], &[0, 1]), &metadata())
            .unwrap();
        assert_eq!(metric.running(), Some(0.0));
    }

    #[test]
    fn a_gap_of_one_group_is_not_there() {
        let mut metric = LiveMetric::parity_gap("sex", 2, 0);
        let entry = metric.update(&report(&[1.0], &[0]), &metadata()).unwrap();
        assert!(entry.is_not_available());
        assert!(metric.value().is_none());
    }

    #[test]
    fn a_loss_is_weighted_by_rows() {
        let mut metric = LiveMetric::loss("loss", "Loss");
        metric.update(&report(&[1.0], &[0]), &metadata()).unwrap();
        metric
            .update(&report(&[4.0, 0.0], &[0, 0]), &metadata())
            .unwrap();
        assert_eq!(metric.running(), Some(3.0));
        metric.clear();
        assert_eq!(metric.running(), None);
    }
}
