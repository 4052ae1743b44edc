//! The errors of this crate.

mod help;

use std::path::{Path, PathBuf};

use equipoise_core::SplitPart;

/// What can be wrong with a data file, with its configuration, or with the two together.
///
/// Rows are counted from 1, the header not included; lines of text files are counted from 1.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    // === Files ===
    /// The file is not there.
    #[error("`{}` not found", path.display())]
    NotFound {
        /// The path as it was given.
        path: PathBuf,
    },
    /// The path leads to a folder.
    #[error("`{}` is a folder, expected a file", path.display())]
    Folder {
        /// The path as it was given.
        path: PathBuf,
    },
    /// The extension names no format that can be read.
    #[error(
        "`{}` has {}, legal are {}",
        path.display(),
        match extension {
            Some(extension) => format!("the unknown extension `.{extension}`"),
            None => "no extension".to_owned(),
        },
        crate::FileFormat::legal_extensions()
    )]
    UnknownExtension {
        /// The file.
        path: PathBuf,
        /// What stands behind the last full stop.
        extension: Option<String>,
    },
    /// The file has no byte.
    #[error("`{}` is empty", path.display())]
    EmptyFile {
        /// The file.
        path: PathBuf,
    },
    /// The file names its columns but has no row.
    #[error("`{}` has columns but no rows", path.display())]
    NoRows {
        /// The file.
        path: PathBuf,
    },
    /// Two columns share a name.
    #[error("column `{column}` is there twice in `{}`", path.display())]
    DuplicateColumn {
        /// The file.
        path: PathBuf,
        /// The name.
        column: String,
    },
    /// A column of a header has no name.
    #[error("column {position} of `{}` has no name", path.display())]
    UnnamedColumn {
        /// The file.
        path: PathBuf,
        /// Its position, from 1.
        position: usize,
    },
    /// A row has too few or too many fields.
    #[error(
        "`{}`, line {line}: the row is too {} with {found} of {expected} fields",
        path.display(),
        if found < expected { "short" } else { "long" }
    )]
    RaggedRow {
        /// The file.
        path: PathBuf,
        /// The line on which the row starts.
        line: usize,
        /// The number of fields found.
        found: usize,
        /// The number of columns.
        expected: usize,
    },
    /// The header is one field, and looks like several with another separator.
    #[error(
        "`{}` has one column only: its first line looks separated by {}, not by {}",
        path.display(), separator_name(*found), separator_name(*expected)
    )]
    OtherSeparator {
        /// The file.
        path: PathBuf,
        /// What seems to separate its fields.
        found: char,
        /// What separates the fields of the format that its extension names.
        expected: char,
    },
    /// A quoted field never ends.
    #[error("`{}`, line {line}: a quoted field starts here and never ends", path.display())]
    OpenQuote {
        /// The file.
        path: PathBuf,
        /// The line on which the row starts.
        line: usize,
    },
    /// A text file is not UTF-8.
    #[error("`{}`, line {line}: bytes that are not UTF-8", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
    },
    /// A line of a JSON Lines file is not a JSON object.
    #[error("`{}`, line {line}: not a JSON object", path.display())]
    BadJson {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
        /// What the parser says.
        source: serde_json::Error,
    },
    /// An object of a JSON Lines file has a key twice.
    #[error("`{}`, line {line}: key `{key}` is there twice", path.display())]
    RepeatedKey {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
        /// The key.
        key: String,
    },
    /// The file could not be decoded.
    #[error("`{}` could not be read as {format}", path.display())]
    Decode {
        /// The file.
        path: PathBuf,
        /// The format.
        format: crate::FileFormat,
        /// What the reader says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The file could not be encoded.
    #[error("`{}` could not be written", path.display())]
    Encode {
        /// The file.
        path: PathBuf,
        /// What the writer says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A pattern of file names is not legal.
    #[error("`{pattern}` is not a legal pattern of file names")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        source: glob::PatternError,
    },
    /// No file has a name of the pattern.
    #[error("no file matches `{pattern}`")]
    NoMatch {
        /// The pattern.
        pattern: String,
    },
    /// The file was written to, or replaced, while it was read.
    #[error("`{}` changed while it was read", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// No file was named.
    #[error("no file was named")]
    NoFiles,
    /// The operating system refused.
    #[error(transparent)]
    Io(#[from] std::io::Error),

    // === Columns ===
    /// A column is not there.
    #[error("column `{column}`, named by {asked_by}, not found in `{}`", path.display())]
    UnknownColumn {
        /// The file.
        path: PathBuf,
        /// The name.
        column: String,
        /// What asked for it.
        asked_by: &'static str,
        /// The columns that are there.
        known: Vec<String>,
    },
    /// A column of numbers holds a text.
    #[error("`{}`, column `{column}`, row {row}: `{value}` is not a number", path.display())]
    TextInNumbers {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// The row, from 1.
        row: usize,
        /// The text.
        value: String,
    },
    /// A number is NaN or infinite.
    #[error("`{}`, column `{column}`, row {row}: {value} is not a finite number", path.display())]
    NotFinite {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// The row, from 1.
        row: usize,
        /// The value as it was found.
        value: String,
    },
    /// A column holds values of a type that has no meaning here, such as lists.
    #[error(
        "`{}`, column `{column}` holds values of type {found}, legal are numbers, texts, booleans and dates",
        path.display()
    )]
    UnsupportedType {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// The type.
        found: String,
    },

    /// A column holds numbers in some files, and texts in others.
    #[error("column `{column}` holds numbers in some of the files and texts in others")]
    KindsDiffer {
        /// The column.
        column: String,
    },
    /// A column of labels or groups has too many distinct values.
    #[error("column `{column}` has more than {legal} distinct values")]
    TooManyValues {
        /// The column.
        column: String,
        /// How many are legal.
        legal: usize,
    },
    /// What is wrong with a file that is one of several.
    #[error("in `{}`", path.display())]
    InFile {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: Box<Error>,
    },
    /// What is wrong shows only where the files are put together.
    #[error("in the {files} files together, their rows counted through")]
    InAllFiles {
        /// How many files there are.
        files: usize,
        /// What is wrong.
        source: Box<Error>,
    },

    // === Configuration ===
    /// A value lies outside what is legal.
    #[error("`{key}` is {found}, legal is {legal}")]
    InvalidValue {
        /// The key, with its table.
        key: String,
        /// The value.
        found: String,
        /// What is legal.
        legal: &'static str,
        /// What to do about it.
        hint: &'static str,
    },

    // === Groups ===
    /// A group column holds numbers that are not whole.
    #[error(
        "group attribute `{attribute}`: column `{column}` holds numbers such as {example}, which are not groups"
    )]
    FloatGroup {
        /// The attribute.
        attribute: String,
        /// The column.
        column: String,
        /// The first number that is not whole.
        example: f64,
        /// Edges that would cut the rows into four parts of about one size.
        bins: Vec<f64>,
    },
    /// Words cannot be swapped.
    #[error("`data.swap`: {source}")]
    Swap {
        /// What is wrong with the list of pairs.
        source: equipoise_text::Error,
    },
    /// An identity cannot be looked for in texts.
    #[error("group attribute `{attribute}` cannot be found in texts: {source}")]
    Lexicon {
        /// The attribute.
        attribute: String,
        /// What is wrong with its lexicon or its identity.
        source: equipoise_text::Error,
    },
    /// Bins were declared for a column of texts.
    #[error("group attribute `{attribute}` declares bins, but column `{column}` holds texts")]
    TextBins {
        /// The attribute.
        attribute: String,
        /// The column.
        column: String,
    },
    /// A value map leaves a value out.
    #[error(
        "group attribute `{attribute}`: its `values` do not say what `{value}` of column `{column}` becomes"
    )]
    UnmappedGroup {
        /// The attribute.
        attribute: String,
        /// The column.
        column: String,
        /// The value.
        value: String,
    },
    /// A value map names a value that the column does not hold.
    #[error(
        "group attribute `{attribute}`: its `values` name `{value}`, which column `{column}` does not hold"
    )]
    UnknownGroupValue {
        /// The attribute.
        attribute: String,
        /// The column.
        column: String,
        /// The value that the map names.
        value: String,
        /// The values of the column.
        known: Vec<String>,
    },
    /// Group values are missing, and the policy is `error`.
    #[error(
        "group attribute `{attribute}`: column `{column}` is missing in {count} {}: {}",
        plural(*count, "row"), row_list(rows, *count)
    )]
    MissingGroup {
        /// The attribute.
        attribute: String,
        /// The column.
        column: String,
        /// The first such rows, from 1.
        rows: Vec<usize>,
        /// How many there are.
        count: usize,
    },
    /// No row is left.
    #[error("no row is left: all {rows} were dropped for a missing group value")]
    AllDropped {
        /// How many rows there were.
        rows: usize,
    },
    /// A feature is missing in every row, and such rows are to be left out.
    #[error("no row is left: in all {rows} a feature is missing")]
    AllIncomplete {
        /// How many rows there were.
        rows: usize,
    },
    /// Everybody is in one group.
    #[error("group attribute `{attribute}` has one value only: `{value}`")]
    OneGroup {
        /// The attribute.
        attribute: String,
        /// The value.
        value: String,
    },
    /// A group is in the validation or test part but not in the training part.
    #[error(
        "group `{attribute}` = `{value}` has {count} {} in the {} part and none in the train part",
        plural(*count, "row"), part.name()
    )]
    UnseenGroup {
        /// The attribute.
        attribute: String,
        /// The value.
        value: String,
        /// The part.
        part: SplitPart,
        /// The number of rows there.
        count: usize,
    },

    // === Labels and weights ===
    /// A class is in the validation or test part but not in the training part.
    #[error(
        "label column `{column}`: class `{value}` is in the {} part and not in the train part",
        part.name()
    )]
    UnseenClass {
        /// The column.
        column: String,
        /// The class.
        value: String,
        /// The part.
        part: SplitPart,
    },
    /// Labels are missing.
    #[error(
        "{what} column `{column}` is missing in {count} {}: {}",
        plural(*count, "row"), row_list(rows, *count)
    )]
    MissingValues {
        /// What the column is used for.
        what: &'static str,
        /// The column.
        column: String,
        /// The first such rows, from 1.
        rows: Vec<usize>,
        /// How many there are.
        count: usize,
    },
    /// The positive label does not occur.
    #[error(
        "label column `{column}` has no value `{positive}`; found are {}",
        value_list(found)
    )]
    UnknownPositive {
        /// The column.
        column: String,
        /// The positive label.
        positive: String,
        /// The values found.
        found: Vec<String>,
    },
    /// All rows have one label.
    #[error("label column `{column}` has one class only in {whole}: `{value}`")]
    OneClass {
        /// The column.
        column: String,
        /// The class.
        value: String,
        /// In all rows, or in a part.
        whole: &'static str,
    },
    /// A label is not one of two classes, and no positive one was named.
    #[error(
        "label column `{column}` has {} values ({}), and no positive one was named",
        found.len(), value_list(found)
    )]
    NotTwoClasses {
        /// The column.
        column: String,
        /// The values found.
        found: Vec<String>,
    },
    /// Numbers that are not whole were declared to be classes.
    #[error("column `{column}`, row {row}: {value} is not a class")]
    FractionalClass {
        /// The column.
        column: String,
        /// The row, from 1.
        row: usize,
        /// The number.
        value: f64,
    },
    /// A column must hold numbers and holds texts.
    #[error("{what} column `{column}` holds texts such as `{example}`, expected numbers")]
    NotNumbers {
        /// What the column is used for.
        what: &'static str,
        /// The column.
        column: String,
        /// A text.
        example: String,
    },
    /// A weight is not positive.
    #[error("weight column `{column}`, row {row}: {value} is not above 0")]
    Weight {
        /// The column.
        column: String,
        /// The row, from 1.
        row: usize,
        /// The weight.
        value: f64,
    },

    // === Parts of the data ===
    /// A part of the split has no row.
    #[error("the {} part of the split has no rows, of {rows} in all", part.name())]
    EmptyPart {
        /// The part.
        part: SplitPart,
        /// How many rows there are.
        rows: usize,
    },
    /// A split column holds something else than the names of the parts.
    #[error(
        "split column `{column}`, row {row}: `{value}` is no part, legal are train, valid, test"
    )]
    UnknownPart {
        /// The column.
        column: String,
        /// The row, from 1.
        row: usize,
        /// The value.
        value: String,
    },

    // === Predictions ===
    /// Neither predictions nor scores were named.
    #[error("neither a prediction column nor a score column was named")]
    NothingToAudit,
    /// A column cannot be read as 0 or 1.
    #[error(
        "{what} column `{column}` is not 0 or 1 everywhere; found are {}",
        value_list(found)
    )]
    NotZeroOne {
        /// What the column is used for.
        what: &'static str,
        /// The column.
        column: String,
        /// The values found.
        found: Vec<String>,
    },
    /// A score is no probability.
    #[error("score column `{column}`, row {row}: {value} is not a number from 0 to 1")]
    ScoreRange {
        /// The column.
        column: String,
        /// The row, from 1.
        row: usize,
        /// The score.
        value: f64,
    },
    /// No prediction is one of the labels.
    #[error(
        "no value of the prediction column `{prediction}` ({}) is among those of the label column \
         `{label}` ({})",
        value_list(predictions),
        value_list(labels)
    )]
    OtherClasses {
        /// The column of the labels.
        label: String,
        /// Its values.
        labels: Vec<String>,
        /// The column of the predictions.
        prediction: String,
        /// Its values.
        predictions: Vec<String>,
    },
    /// No column has a name of the pattern.
    #[error("no score column matches `{pattern}`")]
    NoScoreColumns {
        /// The pattern.
        pattern: String,
        /// The columns that are there.
        known: Vec<String>,
    },
    /// Some classes have scores, and this one has none.
    #[error(
        "class `{class}` has no score column; those of {} are named",
        value_list(known)
    )]
    ClassWithoutScores {
        /// The class.
        class: String,
        /// The classes of the score columns.
        known: Vec<String>,
    },
    /// Two columns hold the scores of one class.
    #[error("class `{class}` has two score columns")]
    ScoresTwice {
        /// The class.
        class: String,
    },
    /// The probability of a group is none.
    #[error("membership column `{column}`, row {row}: {value} is not a number from 0 to 1")]
    MembershipRange {
        /// The column.
        column: String,
        /// The row, from 1.
        row: usize,
        /// The value.
        value: f64,
    },
    /// The probabilities of the groups of a row do not sum to 1.
    #[error(
        "group attribute `{attribute}`, row {row}: the probabilities in {} sum to {sum}, not to 1",
        value_list(columns)
    )]
    MembershipSum {
        /// The attribute.
        attribute: String,
        /// The columns.
        columns: Vec<String>,
        /// The row, from 1.
        row: usize,
        /// The sum.
        sum: f64,
    },
    /// What cannot be had of files that are read block by block.
    #[error("{what} cannot be had of files that are read in a stream")]
    NotStreamed {
        /// What.
        what: &'static str,
    },
    /// The scores are not of the task's kind.
    #[error("the scores are {found}, but the task is {expected}")]
    ScoreKind {
        /// The kind of the scores.
        found: &'static str,
        /// The kind of the task.
        expected: &'static str,
    },

    // === Corpora ===
    /// A file of texts has nothing but white space, or a table no text.
    #[error("`{}` has no document", path.display())]
    NoDocuments {
        /// The file.
        path: PathBuf,
    },
    /// A file that should be compressed is not, or not whole.
    #[error("`{}` is not whole gzip data", path.display())]
    NotGzip {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// There are too few documents to hold some out.
    #[error("the corpus has {documents} document{}, and some must be held out", if *documents == 1 { "" } else { "s" })]
    TooFewDocuments {
        /// How many there are.
        documents: usize,
    },
    /// A lexicon or a list of pairs is not legal.
    #[error(transparent)]
    Text(#[from] equipoise_text::Error),

    /// Plain values do not fit together.
    #[error(transparent)]
    Core(#[from] equipoise_core::Error),
}

impl Error {
    /// The same error, which names `name` where it named `path`.
    #[must_use]
    pub(crate) fn renamed(mut self, path: &Path, name: &Path) -> Self {
        match &mut self {
            Self::NotFound { path: named }
            | Self::EmptyFile { path: named }
            | Self::NoRows { path: named }
            | Self::DuplicateColumn { path: named, .. }
            | Self::UnnamedColumn { path: named, .. }
            | Self::RaggedRow { path: named, .. }
            | Self::OtherSeparator { path: named, .. }
            | Self::OpenQuote { path: named, .. }
            | Self::NotUtf8 { path: named, .. }
            | Self::BadJson { path: named, .. }
            | Self::RepeatedKey { path: named, .. }
            | Self::Decode { path: named, .. }
            | Self::UnknownColumn { path: named, .. }
            | Self::TextInNumbers { path: named, .. }
            | Self::NotFinite { path: named, .. }
            | Self::UnsupportedType { path: named, .. }
            | Self::InFile { path: named, .. }
            | Self::Changed { path: named }
                if named == path =>
            {
                name.clone_into(named);
            }
            _ => {}
        }
        self
    }
}

/// The most rows or values that an error lists.
pub(crate) const LISTED: usize = 5;

fn plural(count: usize, noun: &str) -> String {
    if count == 1 {
        noun.to_owned()
    } else {
        format!("{noun}s")
    }
}

/// A separator as a reader knows it.
fn separator_name(separator: char) -> String {
    match separator {
        '\t' => "tabulators".to_owned(),
        ',' => "commas".to_owned(),
        other => format!("`{other}`"),
    }
}

fn row_list(rows: &[usize], count: usize) -> String {
    let listed = rows
        .iter()
        .take(LISTED)
        .map(usize::to_string)
        .collect::<Vec<_>>()
        .join(", ");
    match count.saturating_sub(rows.len().min(LISTED)) {
        0 => listed,
        more => format!("{listed} and {more} more"),
    }
}

fn value_list(values: &[String]) -> String {
    const MOST: usize = 20;
    let listed = values
        .iter()
        .take(MOST)
        .map(|value| format!("`{value}`"))
        .collect::<Vec<_>>()
        .join(", ");
    match values.len().saturating_sub(MOST) {
        0 => listed,
        more => format!("{listed} and {more} more"),
    }
}
