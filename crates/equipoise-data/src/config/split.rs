//! `split`: which rows train, which choose, and which test.

use serde::{Deserialize, Serialize};

use crate::Error;

/// What the shares of the parts are kept equal in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Stratum {
    /// The label: each class (a number is put into five bins of equal count).
    Label,
    /// The cell of the intersection of all group attributes.
    Group,
}

/// How rows are dealt out, as a configuration writes it.
///
/// Either shares, or `column`: a column that holds `train`, `valid` or `test` in each row.
/// Where nothing is said: 0.6, 0.2 and 0.2, stratified by label and group.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SplitConfig {
    /// The share of the training part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub train: Option<f64>,
    /// The share of the validation part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid: Option<f64>,
    /// The share of the test part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<f64>,
    /// What is kept in equal shares; both where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stratify: Option<Vec<Stratum>>,
    /// A column that names an entity, such as `patient_id`: all its rows go to one part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The seed; that of the run where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// A column that says the part of each row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}

/// A split whose parts are known to make sense.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Split {
    /// Drawn at random.
    Drawn(DrawnSplit),
    /// Read from a column of the file.
    Column(String),
}

/// How a random split is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnSplit {
    pub(crate) shares: [f64; 3],
    pub(crate) stratify: Vec<Stratum>,
    pub(crate) by: Option<String>,
    pub(crate) seed: Option<u64>,
}

impl DrawnSplit {
    /// The shares of train, valid and test: each above 0, 1 together.
    pub fn shares(&self) -> [f64; 3] {
        self.shares
    }

    /// What is kept in equal shares.
    pub fn stratify(&self) -> &[Stratum] {
        &self.stratify
    }

    /// The column whose entities stay together.
    pub fn by(&self) -> Option<&str> {
        self.by.as_deref()
    }

    /// The seed, where the split has one of its own.
    pub fn seed(&self) -> Option<u64> {
        self.seed
    }
}

impl SplitConfig {
    /// The shares where a configuration names none.
    pub const DEFAULT_SHARES: [f64; 3] = [0.6, 0.2, 0.2];

    pub(crate) fn check(&self) -> Result<Split, Error> {
        let invalid = |key: &str, found: String, legal| Error::InvalidValue {
            key: format!("data.split{key}"),
            found,
            legal,
            hint: "for example `split = { train = 0.6, valid = 0.2, test = 0.2 }`",
        };
        let shares = [self.train, self.valid, self.test];
        if let Some(column) = &self.column {
            let also = [
                ("train", self.train.is_some()),
                ("valid", self.valid.is_some()),
                ("test", self.test.is_some()),
                ("stratify", self.stratify.is_some()),
                ("by", self.by.is_some()),
                ("seed", self.seed.is_some()),
            ];
            if let Some((key, _)) = also.iter().find(|(_, given)| *given) {
                return Err(Error::InvalidValue {
                    key: "data.split.column".to_owned(),
                    found: format!("there beside `{key}`"),
                    legal: "`column` alone, or none",
                    hint: "the column says the part of each row, so that nothing is drawn",
                });
            }
            return Ok(Split::Column(column.clone()));
        }
        let shares = match shares {
            [None, None, None] => Self::DEFAULT_SHARES,
            [Some(train), Some(valid), Some(test)] => [train, valid, test],
            _ => {
                return Err(invalid(
                    "",
                    "there with some of its shares".to_owned(),
                    "train, valid and test, or none of them",
                ));
            }
        };
        for (key, share) in [".train", ".valid", ".test"].iter().zip(shares) {
            if !(share > 0.0 && share < 1.0) {
                return Err(invalid(
                    key,
                    share.to_string(),
                    "a share above 0 and below 1",
                ));
            }
        }
        let sum: f64 = shares.iter().sum();
        if (sum - 1.0).abs() > 1e-9 {
            // Without the last digits, which are those of binary fractions.
            let sum = (sum * 1e9).round() / 1e9;
            return Err(invalid("", format!("{sum} in all"), "shares that sum to 1"));
        }
        Ok(Split::Drawn(DrawnSplit {
            shares,
            stratify: self
                .stratify
                .clone()
                .unwrap_or_else(|| vec![Stratum::Label, Stratum::Group]),
            by: self.by.clone(),
            seed: self.seed,
        }))
    }
}
