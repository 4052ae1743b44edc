//! The errors of the catalogue.

use equipoise_core::Help;

use super::names;

/// What can be wrong with a card, or with the name of a data set.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogueError {
    /// A card does not parse.
    #[error("the card of data set `{name}` cannot be read")]
    Unreadable {
        /// The data set.
        name: String,
        /// Where the card is wrong.
        source: Box<toml::de::Error>,
    },
    /// A card contradicts itself.
    #[error("the card of data set `{name}` contradicts itself: {what}")]
    Contradiction {
        /// The data set.
        name: String,
        /// What does not fit together.
        what: String,
    },
    /// There is no such data set.
    #[error("data set `{name}` not found")]
    UnknownDataSet {
        /// The name asked for.
        name: String,
        /// The closest name that there is.
        closest: Option<String>,
    },
    /// A text is no SHA-256.
    #[error("`{text}` is not a SHA-256: expected 64 hexadecimal digits")]
    Checksum {
        /// The text.
        text: String,
    },
}

impl Help for CatalogueError {
    fn help(&self) -> Option<String> {
        match self {
            Self::UnknownDataSet {
                closest: Some(closest),
                ..
            } => Some(format!("did you mean `{closest}`?")),
            Self::UnknownDataSet { closest: None, .. } => Some(format!(
                "the data sets are {}",
                names().collect::<Vec<_>>().join(", ")
            )),
            _ => None,
        }
    }
}
