//! The errors of this crate.

use equipoise_core::Help;

/// What can be wrong with a report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Two models share a name, so that a reader could not tell them apart.
    #[error("two models of the report are named `{name}`")]
    DuplicateModel {
        /// The name.
        name: String,
    },
    /// There are more models than can be told apart in one figure.
    #[error("the report has {found} models, and at most {most} are legal")]
    TooManyModels {
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// Two trials of a sweep share a name.
    #[error("two trials of the sweep are named `{name}`")]
    DuplicateTrial {
        /// The name.
        name: String,
    },
    /// Two other systems share a name.
    #[error("two points of other systems are named `{name}`")]
    DuplicatePeer {
        /// The name.
        name: String,
    },
    /// The page could not be put together.
    #[error("the template of the report could not be filled in")]
    Template(#[from] askama::Error),
}

impl Help for Error {
    fn help(&self) -> Option<String> {
        match self {
            Self::DuplicateModel { name }
            | Self::DuplicateTrial { name }
            | Self::DuplicatePeer { name } => Some(format!(
                "give each a name of its own, such as `{name}-1` and `{name}-2`"
            )),
            Self::TooManyModels { most, .. } => Some(format!(
                "choose the {most} models that matter, or write several reports"
            )),
            Self::Template(_) => None,
        }
    }
}
