//! Within which rows groups are compared.

use crate::{DefaultValue, Error, FairnessInput, GroupRates, OptionSpec, RateParts};

/// What the rows that are compared with each other have in common.
///
/// Each stratum is a constraint of its own: conditional demographic parity (Kamiran, Zliobaite and
/// Calders 2013) asks for equal positive rates among the applicants of each department, not among
/// all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Given {
    /// Nothing: all rows are compared.
    Nothing,
    /// The label: a stratum for each class.
    Label,
    /// The value of an attribute. The loss is given the membership of the attribute's values
    /// crossed with the groups, groups running fastest, as `crate::Registry::term` arranges.
    Attribute {
        /// The attribute.
        name: String,
        /// How many values it has; `None` before the data is known, when nothing can be computed.
        strata: Option<usize>,
    },
}

impl Given {
    /// The option `given`.
    pub const OPTION: OptionSpec = OptionSpec {
        key: "given",
        summary: "Within which rows groups are compared: those of each label, or of each value of \
                  an attribute.",
        legal: "`none`, `label` or the name of an attribute",
        default: Some(DefaultValue::Text("none")),
    };

    /// What the option's text stands for, before the data is known.
    pub fn from_name(name: &str) -> Self {
        match name {
            "none" => Self::Nothing,
            "label" => Self::Label,
            attribute => Self::Attribute {
                name: attribute.to_owned(),
                strata: None,
            },
        }
    }

    /// What stands for it in the name of a loss.
    pub(crate) fn suffix(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Label => "/label".to_owned(),
            Self::Attribute { name, .. } => format!("/{name}"),
        }
    }

    /// The parts of rows, split by label where that is what is given.
    pub(crate) fn split_rows(
        &self,
        parts: RateParts,
        input: &FairnessInput,
    ) -> Result<RateParts, Error> {
        match self {
            Self::Label => parts.within(&input.class_labels()?),
            Self::Nothing | Self::Attribute { .. } => Ok(parts),
        }
    }

    /// The rates of groups, split by attribute where that is what is given.
    pub(crate) fn split_groups(&self, rates: GroupRates) -> Result<GroupRates, Error> {
        match self {
            Self::Attribute { name, strata } => {
                rates.within(strata.ok_or_else(|| Error::NoSchema {
                    attribute: name.clone(),
                })?)
            }
            Self::Nothing | Self::Label => Ok(rates),
        }
    }
}
