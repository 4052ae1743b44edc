//! The errors of this crate.

use std::{borrow::Cow, io, path::PathBuf};

use equipoise_core::{Help, file_help};

/// An error of a model that a probe asked.
pub type ModelError = Box<dyn std::error::Error + Send + Sync>;

/// What can be wrong with texts, with the lists that go with them, and with what models say of them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file cannot be read.
    #[error("`{}` cannot be read", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Bytes are no UTF-8.
    #[error("{place}: byte {offset} is not UTF-8")]
    NotUtf8 {
        /// The file, or what else was read.
        place: String,
        /// The first byte that is wrong, from 0.
        offset: usize,
    },
    /// A list is no TOML, or has other keys than those it should have.
    #[error("{place} is no legal list of terms")]
    Toml {
        /// The list.
        place: String,
        /// What is wrong, with line and column.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A file is no JSON, or has another structure.
    #[error("{place} does not have the expected structure")]
    Json {
        /// The file.
        place: String,
        /// What is wrong, with line and column.
        #[source]
        source: serde_json::Error,
    },
    /// A file is no CSV.
    #[error("{place} is no legal CSV")]
    Csv {
        /// The file.
        place: String,
        /// What is wrong, with the line.
        #[source]
        source: csv::Error,
    },
    /// A column is not there.
    #[error("{place} has no column `{column}`, but {}", found.join(", "))]
    Column {
        /// The file.
        place: String,
        /// The column.
        column: &'static str,
        /// The columns that are there.
        found: Vec<String>,
    },
    /// A value is not one of those that are legal.
    #[error("{place}: `{found}` is no {what}, legal is {legal}")]
    Value {
        /// The file, and the row or line in it.
        place: String,
        /// What the value should be.
        what: &'static str,
        /// The value.
        found: String,
        /// What is legal.
        legal: Cow<'static, str>,
    },
    /// A term of a list cannot be used.
    #[error("{place}: the term `{term}` {problem}")]
    Term {
        /// The list, and the entry in it.
        place: String,
        /// The term.
        term: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A name is not known.
    #[error("`{name}` is no {what}, known are {}", known.join(", "))]
    Unknown {
        /// What was looked for.
        what: &'static str,
        /// The name.
        name: String,
        /// The names that are known.
        known: Vec<String>,
    },
    /// A text has several identities of one attribute.
    #[error("text {row} names several values of `{attribute}`: {}", values.join(", "))]
    SeveralIdentities {
        /// The text, from 0.
        row: usize,
        /// The attribute.
        attribute: String,
        /// The values.
        values: Vec<String>,
    },
    /// A number lies outside its range.
    #[error("{what} is {found}, legal is {legal}")]
    Range {
        /// What the number is.
        what: &'static str,
        /// The number.
        found: f64,
        /// What is legal.
        legal: &'static str,
    },
    /// There is nothing to work on.
    #[error("{place} has no {what}")]
    Empty {
        /// The file, or what else is empty.
        place: String,
        /// What it lacks.
        what: &'static str,
    },
    /// Two lengths that must agree do not.
    #[error("expected {expected} {what}, found {found}")]
    Lengths {
        /// What was counted.
        what: &'static str,
        /// The number expected.
        expected: usize,
        /// The number found.
        found: usize,
    },
    /// A model failed on texts of a probe.
    #[error("the model failed on the texts of `{probe}`")]
    Model {
        /// The probe.
        probe: &'static str,
        /// Why.
        #[source]
        source: ModelError,
    },
    /// A model is not of the kind that a probe asks.
    #[error("the probe `{probe}` needs {needed}")]
    ModelKind {
        /// The probe.
        probe: &'static str,
        /// What it needs.
        needed: &'static str,
    },
    /// A model gave a number that is none.
    #[error("the model gave {found} as {what} of `{text}`")]
    NotFinite {
        /// What the number should be.
        what: &'static str,
        /// The text, cut where it is long.
        text: String,
        /// The number.
        found: f64,
    },
    /// The automaton of a list of terms cannot be built.
    #[error("the list of {terms} terms is too large to be searched for")]
    TooManyTerms {
        /// How many terms there are.
        terms: usize,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Groups do not fit together.
    #[error(transparent)]
    Groups(#[from] equipoise_core::Error),
}

impl Error {
    /// The same error of a list, with the file that the list comes from.
    #[must_use]
    pub(crate) fn in_file(mut self, file: &str) -> Self {
        if let Self::Term { place, .. } | Self::Empty { place, .. } = &mut self {
            *place = format!("{file}, {place}");
        }
        self
    }
}

impl Help for Error {
    fn help(&self) -> Option<String> {
        let text = match self {
            Self::Read { source, .. } => return file_help(source),
            Self::NotUtf8 { .. } => {
                "convert the file to UTF-8, for example with `iconv -f latin1 -t utf-8`"
            }
            Self::SeveralIdentities { .. } => {
                "choose another policy for texts with several identities, or use the membership columns"
            }
            Self::Unknown { name, known, .. } => {
                let closest = equipoise_core::closest(name, known.iter().map(String::as_str))?;
                return Some(format!("did you mean `{closest}`?"));
            }
            Self::Groups(source) => return source.help(),
            _ => return None,
        };
        Some(text.to_owned())
    }
}
