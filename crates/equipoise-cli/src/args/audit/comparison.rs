//! Which groups are compared with which.

use clap::{Args, ValueEnum};
use equipoise_core::MissingPolicy;

use crate::args::columns::name;

/// Which groups are compared.
#[derive(Debug, Args)]
pub(crate) struct ComparisonArgs {
    /// What happens to a row whose group is missing.
    #[arg(long, value_enum, value_name = "POLICY", default_value_t)]
    pub(crate) missing: MissingGroups,

    /// Columns that groups may differ by for a good reason, separated by commas: comparisons are
    /// repeated among the rows with the same values of all of them.
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', value_parser = name)]
    pub(crate) control: Vec<String>,

    /// The group that the others are compared with, signed, such as `sex=Male`; one for each
    /// attribute, separated by commas.
    #[arg(
        long,
        value_name = "COLUMN=VALUE",
        value_delimiter = ',',
        value_parser = reference
    )]
    pub(crate) reference: Vec<(String, String)>,
}

/// What happens to a row whose group is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum MissingGroups {
    /// It is an error that names the rows.
    #[default]
    Error,
    /// The rows form a group of their own, named `(missing)`.
    OwnGroup,
    /// The rows are left out, and their number is told.
    Drop,
    /// Every value has bounds over all groups that the rows may belong to.
    Bounds,
}

impl MissingGroups {
    /// The same as the data know it.
    pub(crate) fn policy(self) -> MissingPolicy {
        match self {
            Self::Error => MissingPolicy::Error,
            Self::OwnGroup | Self::Bounds => MissingPolicy::OwnGroup,
            Self::Drop => MissingPolicy::Drop,
        }
    }
}

/// An attribute and one of its values.
fn reference(text: &str) -> Result<(String, String), &'static str> {
    let (attribute, value) = text
        .split_once('=')
        .ok_or("no `=`; write an attribute and its value, such as `sex=Male`")?;
    match (attribute.trim(), value.trim()) {
        ("", _) => Err("no attribute before `=`; write `sex=Male`"),
        (_, "") => Err("no value behind `=`; write `sex=Male`"),
        (attribute, value) => Ok((attribute.to_owned(), value.to_owned())),
    }
}
