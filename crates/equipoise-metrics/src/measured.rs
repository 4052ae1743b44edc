//! A value with its interval, and what is to be said of it.

use crate::{
    Bounds, Estimate, Interval, IntervalMethod, Record,
    aggregate::AggregateKind,
    bootstrap::BootstrapInterval,
    interval::normal,
    notes,
    pairs::{self, ComparedPart},
};

/// A value with its interval.
#[derive(Debug, Clone)]
pub(crate) struct Measured {
    pub(crate) value: Estimate,
    pub(crate) interval: Option<(Interval, IntervalMethod)>,
    pub(crate) notes: Vec<String>,
    /// Of an aggregate: the groups that it should compare, and that have no value.
    pub(crate) without_value: Vec<usize>,
    pub(crate) bounds: Option<Bounds>,
    pub(crate) p_value: Option<f64>,
    pub(crate) corrected: Option<f64>,
}

impl Measured {
    /// Writes all but the groups into a record.
    pub(crate) fn write(self, record: &mut Record) {
        record.value = self.value.ok();
        record.low = self.interval.map(|(interval, _)| interval.low);
        record.high = self.interval.map(|(interval, _)| interval.high);
        record.reason = self.value.err().map(|reason| reason.to_string());
        record.interval = self.interval.map(|(_, method)| method);
        record.bounds = self.bounds;
        record.p_value = self.p_value;
        record.corrected = self.corrected;
        record.notes = self.notes;
    }

    pub(crate) fn without_interval(value: Estimate) -> Self {
        Self {
            value,
            interval: None,
            notes: Vec::new(),
            without_value: Vec::new(),
            bounds: None,
            p_value: None,
            corrected: None,
        }
    }

    /// A value and what the bootstrap says of it.
    pub(crate) fn bootstrapped(
        value: Estimate,
        bootstrapped: Option<BootstrapInterval>,
        method: IntervalMethod,
        replicates: usize,
    ) -> Self {
        let mut measured = Self::without_interval(value);
        let (Ok(value), Some(bootstrapped)) = (value, bootstrapped) else {
            return measured;
        };
        let without_value = bootstrapped.not_estimable;
        let missing = notes::replicates_without_value(without_value, replicates);
        let Some(found) = bootstrapped.interval else {
            if without_value > 0 {
                measured.notes.push(format!("no interval: {missing}"));
            }
            return measured;
        };
        if without_value > 0 {
            measured.notes.push(missing);
        }
        if found.is_point() {
            // A width of 0 would pass for certainty.
            let note = "no interval: all bootstrap replicates agree".to_owned();
            measured.notes.push(note);
            return measured;
        }
        if value < found.low || value > found.high {
            measured.notes.push(
                "the bootstrap is biased here: its interval was widened to hold the value"
                    .to_owned(),
            );
        }
        let interval = Interval {
            low: found.low.min(value),
            high: found.high.max(value),
        };
        measured.interval = Some((interval, method));
        measured
    }

    /// A comparison of independent groups, with the interval that follows from theirs.
    pub(crate) fn of_pairs(
        value: Estimate,
        kind: AggregateKind,
        parts: &[ComparedPart],
        confidence: f64,
    ) -> Self {
        let mut measured = Self::without_interval(value);
        let Ok(value) = value else {
            return measured;
        };
        match pairs::interval(kind, parts, value, confidence) {
            Ok(interval) => {
                measured.interval = interval.map(|interval| (interval, IntervalMethod::Pairs));
            }
            Err(note) => measured.notes.push(note.to_owned()),
        }
        measured
    }

    /// A value and its standard error; `None` stands for too few rows.
    pub(crate) fn with_standard_error(
        value: Estimate,
        standard_error: Option<f64>,
        method: IntervalMethod,
        z: f64,
        range: (f64, f64),
    ) -> Self {
        let mut measured = Self::without_interval(value);
        let Ok(value) = value else {
            return measured;
        };
        match standard_error.map(|error| normal(value, error, z, range)) {
            Some(interval) if interval.is_point() => {
                // A few rows that agree say little of those that were not seen.
                let note = "no interval: the standard error is 0".to_owned();
                measured.notes.push(note);
            }
            Some(interval) => measured.interval = Some((interval, method)),
            None => {
                let note = "no interval: too few rows for a standard error".to_owned();
                measured.notes.push(note);
            }
        }
        measured
    }
}
