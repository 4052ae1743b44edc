//! Labels and decisions as classes, however they are written.

use super::outcome::ClassScore;
use super::part::Values;
use super::piece::Parts;
use super::{Kept, score_range};
use crate::Error;
use crate::read::texts::{MISSING, Texts, code_of_index};

/// The classes of some rows.
pub(super) struct Classes {
    pub(super) names: Vec<String>,
    pub(super) labels: Vec<u32>,
    pub(super) predictions: Option<Vec<u32>>,
}

/// Codes labels and predictions; `known` are classes that need not occur among them.
pub(super) fn read<'a>(
    parts: &mut Parts<'_>,
    kept: Kept<'_>,
    label: &str,
    prediction: Option<&str>,
    known: impl Iterator<Item = &'a str>,
) -> Result<Classes, Error> {
    let labels = parts.names(label)?;
    let predictions = prediction.map(|column| parts.names(column)).transpose()?;
    let known: Vec<&str> = known.collect();
    let found = (labels.levels.iter())
        .chain(predictions.iter().flat_map(|texts| &texts.levels))
        .map(String::as_str);
    let spelling = Spelling::of(found.chain(known.iter().copied()));
    if spelling == Spelling::Numbers {
        expect_whole(kept, &labels, label)?;
        if let (Some(texts), Some(column)) = (&predictions, prediction) {
            expect_whole(kept, texts, column)?;
        }
    }
    if let (Some(texts), Some(column)) = (&predictions, prediction) {
        let same = |a: &String| labels.levels.iter().any(|b| spelling.same(a, b));
        if !texts.levels.is_empty() && !texts.levels.iter().any(same) {
            return Err(Error::OtherClasses {
                label: label.to_owned(),
                labels: labels.levels,
                prediction: column.to_owned(),
                predictions: texts.levels.clone(),
            });
        }
    }
    let mut names: Vec<String> = (labels.levels.iter())
        .chain(predictions.iter().flat_map(|texts| &texts.levels))
        .map(String::as_str)
        .chain(known)
        .map(|name| spelling.name(name))
        .collect();
    spelling.sort(&mut names);
    let codes = |texts: &Texts, what: &'static str, column: &str| {
        let remap: Vec<u32> = (texts.levels.iter())
            .map(|level| {
                spelling
                    .position(&names, level)
                    .map_or(MISSING, code_of_index)
            })
            .collect();
        let code = |&code: &u32| remap.get(code as usize).copied();
        kept.of(
            Values::Some(texts.codes.iter().map(code).collect()),
            what,
            column,
        )
    };
    let labels = codes(&labels, "label", label)?;
    let predictions = match (&predictions, prediction) {
        (Some(texts), Some(column)) => Some(codes(texts, "prediction", column)?),
        _ => None,
    };
    Ok(Classes {
        names,
        labels,
        predictions,
    })
}

/// The scores of each of the classes, of which every one needs a column.
pub(super) fn scores(
    parts: &mut Parts<'_>,
    kept: Kept<'_>,
    classes: &[String],
    listed: &[ClassScore],
) -> Result<Vec<Vec<f64>>, Error> {
    let spelling = Spelling::of(classes.iter().map(String::as_str));
    let of_class = |class: &String| {
        let mut found = (listed.iter()).filter(|score| spelling.same(&score.class, class));
        let score = found.next().ok_or_else(|| Error::ClassWithoutScores {
            class: class.clone(),
            known: listed.iter().map(|score| score.class.clone()).collect(),
        })?;
        if found.next().is_some() {
            return Err(Error::ScoresTwice {
                class: class.clone(),
            });
        }
        let scores = parts.numbers(kept, "score", &score.column)?;
        score_range(kept, &scores, &score.column)?;
        Ok(scores)
    };
    classes.iter().map(of_class).collect()
}

/// Whether names of classes are numbers, of which `1` and `1.0` are the same, or words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spelling {
    Numbers,
    Words,
}

impl Spelling {
    fn of<'n>(mut names: impl Iterator<Item = &'n str>) -> Self {
        let is_number = |name: &str| name.parse().is_ok_and(|number: f64| number.is_finite());
        if names.all(is_number) {
            Self::Numbers
        } else {
            Self::Words
        }
    }

    /// The one way in which a name is written.
    fn name(self, name: &str) -> String {
        match self {
            Self::Numbers => number(name).to_string(),
            Self::Words => name.to_owned(),
        }
    }

    fn same(self, a: &str, b: &str) -> bool {
        self.name(a) == self.name(b)
    }

    /// By size, or by letters; each name once.
    fn sort(self, names: &mut Vec<String>) {
        names.sort_unstable_by(|a, b| self.compare(a, b));
        names.dedup();
    }

    fn compare(self, a: &str, b: &str) -> std::cmp::Ordering {
        match self {
            Self::Numbers => number(a).total_cmp(&number(b)),
            Self::Words => a.cmp(b),
        }
    }

    fn position(self, sorted: &[String], name: &str) -> Option<usize> {
        let wanted = self.name(name);
        let position = |known: &String| self.compare(known, &wanted);
        sorted.binary_search_by(position).ok()
    }
}

/// A name that was found to be a number; -0 is 0.
fn number(name: &str) -> f64 {
    name.parse::<f64>().map_or(f64::NAN, |number| number + 0.0)
}

/// Classes are no measurements.
fn expect_whole(kept: Kept<'_>, texts: &Texts, column: &str) -> Result<(), Error> {
    let level = |code: u32| texts.levels.get(code as usize).map(|name| number(name));
    let fraction = |code: u32| level(code).filter(|number| number.fract() != 0.0);
    if !texts.levels.iter().any(|name| number(name).fract() != 0.0) {
        return Ok(());
    }
    match kept.find(&texts.codes, fraction) {
        None => Ok(()),
        Some((row, value)) => Err(Error::FractionalClass {
            column: column.to_owned(),
            row,
            value,
        }),
    }
}
