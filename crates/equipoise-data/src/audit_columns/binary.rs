//! Labels and decisions as 0 and 1, however they are written.

use super::part::{Part, Values};
use crate::Error;
use crate::read::values::Decoded;

/// A column as 0 and 1.
pub(super) struct Binary {
    /// The values.
    pub(super) values: Values<u8>,
    /// The distinct values of the column, where it holds others than 0 and 1.
    names: Option<Vec<String>>,
}

impl Binary {
    /// The labels.
    pub(super) fn labels(part: Part, column: &str, positive: Option<&str>) -> Result<Self, Error> {
        Self::new(part, positive, None, |found| match positive {
            Some(positive) => Error::UnknownPositive {
                column: column.to_owned(),
                positive: positive.to_owned(),
                found,
            },
            None => not_zero_one("label", column, found),
        })
    }

    /// The decisions, which are written like these labels, or as 0 and 1.
    pub(super) fn predictions(
        &self,
        part: Part,
        column: &str,
        positive: Option<&str>,
    ) -> Result<Self, Error> {
        Self::new(part, positive, self.names.as_deref(), |found| {
            not_zero_one("prediction", column, found)
        })
    }

    fn new(
        part: Part,
        positive: Option<&str>,
        labels: Option<&[String]>,
        wrong: impl FnOnce(Vec<String>) -> Error,
    ) -> Result<Self, Error> {
        if positive.is_none()
            && let Part::Bits { bits, .. } = part
        {
            return Ok(Self {
                values: Values::All(bits),
                names: None,
            });
        }
        let (names, codes) = distinct(part.into_decoded());
        let Some(ones) = ones(&names, positive, labels) else {
            return Err(wrong(names));
        };
        let one = |code: Option<u32>| code.map(|code| u8::from(ones[code as usize]));
        Ok(Self {
            values: Values::Some(codes.into_iter().map(one).collect()),
            names: Some(names),
        })
    }
}

fn not_zero_one(what: &'static str, column: &str, found: Vec<String>) -> Error {
    Error::NotZeroOne {
        what,
        column: column.to_owned(),
        found,
    }
}

/// Which of the distinct values count as 1; `None` where that cannot be told.
///
/// `labels` are the distinct values of the labels, where these are predictions.
pub(super) fn ones(
    names: &[String],
    positive: Option<&str>,
    labels: Option<&[String]>,
) -> Option<Vec<bool>> {
    let same = |a: &str, b: &str| {
        a == b
            || matches!(
                (a.parse::<f64>(), b.parse::<f64>()),
                (Ok(a), Ok(b)) if a.to_bits() == b.to_bits()
            )
    };
    if let Some(positive) = positive {
        let written_like_labels = match labels {
            Some(labels) => (names.iter()).all(|name| labels.iter().any(|l| same(l, name))),
            None => names.iter().any(|name| same(name, positive)),
        };
        if written_like_labels {
            return Some(names.iter().map(|name| same(name, positive)).collect());
        }
        // A label column must have the positive value; predictions may be 0 and 1.
        labels?;
    }
    names
        .iter()
        .map(|name| match name.as_str() {
            "0" | "false" => Some(false),
            "1" | "true" => Some(true),
            _ => None,
        })
        .collect()
}

/// The distinct values of a column as texts, and one index into them for each row.
pub(super) fn distinct(decoded: Decoded) -> (Vec<String>, Vec<Option<u32>>) {
    match decoded {
        Decoded::Texts(texts) => {
            let codes = texts.codes.iter();
            let known = texts.levels.len();
            (
                texts.levels,
                codes
                    .map(|&code| ((code as usize) < known).then_some(code))
                    .collect(),
            )
        }
        Decoded::Numbers(values) => {
            let mut numbers: Vec<f64> = values.iter().copied().flatten().collect();
            numbers.sort_unstable_by(f64::total_cmp);
            numbers.dedup();
            let codes = values
                .iter()
                .map(|value| {
                    value.and_then(|value| {
                        u32::try_from(numbers.partition_point(|&known| known < value)).ok()
                    })
                })
                .collect();
            (numbers.iter().map(f64::to_string).collect(), codes)
        }
    }
}
