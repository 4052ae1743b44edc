//! What to do about data, in the words of the command line.
//!
//! The library speaks of the keys of a configuration. A command that reads none has options
//! instead.

use equipoise_core::Help;
use equipoise_data::Error;

/// What the reader can do about a file that was read as options say.
pub(crate) fn option_help(error: &Error) -> Option<String> {
    Some(match error {
        Error::TextInNumbers { value, .. } | Error::NotFinite { value, .. } => format!(
            "mend the file, or declare the value as missing with `--missing-values '{value}'`"
        ),
        Error::UnknownExtension { .. } => {
            "name the format with `--input-format`, or convert the file".to_owned()
        }
        Error::TooManyValues { column, .. } => format!(
            "is it an identifier, or a number? Numbers are cut into groups, for example with \
             `--bins '{column}=25,45,65'`"
        ),
        Error::InAllFiles { source, .. } | Error::InFile { source, .. } => {
            return option_help(source);
        }
        Error::UnsupportedType { .. } => "turn its values into texts or numbers first".to_owned(),
        Error::FloatGroup { column, bins, .. } => format!(
            "cut them into groups, for example with `--bins '{column}={}'`",
            bins.iter()
                .map(f64::to_string)
                .collect::<Vec<_>>()
                .join(",")
        ),
        Error::TextBins { column, .. } => {
            format!("leave `--bins` out for `{column}`: each of its texts is a group")
        }
        Error::MissingGroup { .. } => {
            "say what happens to such rows: `--missing own-group` or `--missing drop`; texts that \
             stand for a missing value are named by `--missing-values`"
                .to_owned()
        }
        Error::AllDropped { .. } => {
            "`--missing own-group` keeps such rows as a group of their own".to_owned()
        }
        Error::UnknownPositive {
            positive, found, ..
        } => match equipoise_core::closest(positive, found.iter().map(String::as_str)) {
            Some(closest) => format!("did you mean `--positive '{closest}'`?"),
            None => "name one of the values with `--positive`".to_owned(),
        },
        Error::NotTwoClasses { .. } => "name the positive one with `--positive`".to_owned(),
        // Two values may be a yes and a no; more are not.
        Error::NotZeroOne {
            what: "label",
            found,
            ..
        } if found.len() > 2 => {
            let numbers: Option<Vec<f64>> = found.iter().map(|value| value.parse().ok()).collect();
            let task = match numbers {
                None => "`--task multiclass`",
                Some(numbers) if numbers.iter().all(|number| number.fract() == 0.0) => {
                    "`--task multiclass` or `--task regression`"
                }
                Some(_) => "`--task regression`",
            };
            format!(
                "name the task with {task}, or the value that counts as positive with `--positive`"
            )
        }
        Error::UnknownColumn { column, .. } if column.contains(',') => {
            "several outputs are `--task multilabel`".to_owned()
        }
        Error::FractionalClass { .. } => "numbers are `--task regression`".to_owned(),
        Error::ClassWithoutScores { class, .. } => {
            format!("name its column as well: `--score '{class}=COLUMN'`")
        }
        Error::NotZeroOne { what: "label", .. } => {
            "name the value that counts as positive with `--positive`".to_owned()
        }
        Error::NotZeroOne { .. } => {
            "write 0 and 1, or the values of the labels with one of them named by `--positive`"
                .to_owned()
        }
        error => return error.help(),
    })
}
