//! Checks of settings against their legal ranges.

use std::ops::RangeInclusive;

use crate::Error;

/// The settings of one kind of model.
pub(crate) struct Settings {
    /// The kind, for messages.
    pub(crate) kind: &'static str,
}

impl Settings {
    /// A size, within bounds.
    pub(crate) fn size(
        &self,
        key: &'static str,
        value: usize,
        legal: RangeInclusive<usize>,
    ) -> Result<(), Error> {
        if legal.contains(&value) {
            return Ok(());
        }
        Err(self.out_of_range(
            key,
            value.to_string(),
            format!("{} to {}", legal.start(), legal.end()),
        ))
    }

    /// The probability of dropping a value, in `[0, 1)`.
    pub(crate) fn dropout(&self, key: &'static str, value: f64) -> Result<(), Error> {
        if (0.0..1.0).contains(&value) {
            return Ok(());
        }
        Err(self.out_of_range(key, value.to_string(), "at least 0 and below 1".to_owned()))
    }

    /// The error of one setting.
    pub(crate) fn out_of_range(&self, key: &'static str, found: String, legal: String) -> Error {
        Error::OutOfRange {
            kind: self.kind,
            key,
            found,
            legal,
        }
    }
}
