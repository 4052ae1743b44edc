//! An epoch in the log.

use std::{collections::BTreeMap, fmt};

use equipoise_core::{EpochRecord, history::term_key};

/// What people follow from epoch to epoch, on one line.
pub(super) struct EpochLine<'a>(pub(super) &'a EpochRecord);

impl fmt::Display for EpochLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const GAP: &str = "demographic_parity_difference/";

        let EpochRecord { train, valid, .. } = self.0;
        let show = |f: &mut fmt::Formatter<'_>, text: &str, value: Option<&f64>| {
            value.map_or(Ok(()), |value| write!(f, "{text}{value:.4}"))
        };
        show(f, "loss ", train.get("loss"))?;
        show(f, ", on validation ", valid.get("loss"))?;
        if valid.contains_key("fairness_loss") {
            show(f, " (task ", valid.get("task_loss"))?;
            show(f, ", fairness ", valid.get("fairness_loss"))?;
            f.write_str(")")?;
        }
        if let Some(perplexity) = valid.get("perplexity") {
            write!(f, ", perplexity {perplexity:.1}")?;
        }
        show(f, ", accuracy ", valid.get("accuracy"))?;
        if let Some(violation) = valid.get("violation") {
            show(f, ", lambda ", self.0.lambda.as_ref())?;
            show(f, ", violation ", Some(violation))?;
        }
        for index in 0.. {
            let Some(lambda) = train.get(&term_key("lambda", index)) else {
                break;
            };
            show(f, &format!(", lambda {} ", index + 1), Some(lambda))?;
            let violation = valid.get(&term_key("violation", index));
            show(f, &format!(", violation {} ", index + 1), violation)?;
        }
        for (name, value) in valid {
            if let Some(attribute) = name.strip_prefix(GAP) {
                write!(f, ", parity gap by {attribute} {value:.4}")?;
            }
        }
        Ok(())
    }
}

/// Values by name on one line.
pub(super) struct Values<'a>(pub(super) &'a BTreeMap<String, f64>);

impl fmt::Display for Values<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, value)) in self.0.iter().enumerate() {
            let space = if index == 0 { "" } else { " " };
            write!(f, "{space}{name}={value:.4}")?;
        }
        Ok(())
    }
}
