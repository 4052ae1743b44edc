//! The `[data.features]` table: which columns a model sees, and how.

use equipoise_core::NumberEncoding;
use serde::{Deserialize, Serialize};

use crate::Error;

/// Which columns a model may see, and how it sees them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FeaturesConfig {
    /// Whether the columns of the group attributes are features too.
    pub use_groups: bool,
    /// How numbers become model input.
    pub numbers: NumberInput,
    /// With `piecewise-linear`: the largest number of edges of a column, 2 to 1024. Not set: 128.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edges: Option<usize>,
}

/// How numbers become model input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NumberInput {
    /// As one input each, with mean 0 and standard deviation 1 in the training part.
    #[default]
    Standardise,
    /// As one input for each piece between two edges, which are quantiles of the training part
    /// (Gorishniy, Rubachev and Babenko 2022).
    PiecewiseLinear,
}

impl FeaturesConfig {
    /// The edges where nothing is said.
    pub const DEFAULT_EDGES: usize = 128;

    /// The same with the edges that are not set, where they are read.
    #[must_use]
    pub fn written_out(self) -> Self {
        let edges = match self.number_encoding() {
            NumberEncoding::PiecewiseLinear { edges } => Some(edges),
            _ => self.edges,
        };
        Self { edges, ..self }
    }

    /// What fits the encoding of numbers.
    pub fn number_encoding(&self) -> NumberEncoding {
        match self.numbers {
            NumberInput::Standardise => NumberEncoding::Standardise,
            NumberInput::PiecewiseLinear => NumberEncoding::PiecewiseLinear {
                edges: self.edges.unwrap_or(Self::DEFAULT_EDGES),
            },
        }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        let Some(edges) = self.edges else {
            return Ok(());
        };
        if self.numbers != NumberInput::PiecewiseLinear {
            return Err(Error::InvalidValue {
                key: "data.features.edges".to_owned(),
                found: format!("{edges} beside standardised numbers"),
                legal: "there with `numbers = \"piecewise-linear\"` alone",
                hint: "leave `edges` out, or add `numbers = \"piecewise-linear\"`",
            });
        }
        if !(2..=1024).contains(&edges) {
            return Err(Error::InvalidValue {
                key: "data.features.edges".to_owned(),
                found: edges.to_string(),
                legal: "2 to 1024",
                hint: "leave it out for 128",
            });
        }
        Ok(())
    }
}
