//! What a report is made of.

use equipoise_core::{DataProfile, EpochRecord, StageHistory, TrainingHistory, history::term_key};
use equipoise_metrics::Audit;

use crate::Error;

/// The most models that one report can show: as many as there are colours and shapes that
/// readers tell apart.
pub const MOST_MODELS: usize = 6;

/// The name of the fairness loss in a history.
pub(crate) const FAIRNESS_LOSS: &str = "fairness_loss";

/// Everything that a report says.
///
/// All texts are plain: they are escaped when the page is written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReportInput {
    /// The heading of the page.
    pub title: String,
    /// What is predicted.
    pub label: LabelDescription,
    /// The group attributes, in order; the headline numbers are those of the first.
    pub group_attributes: Vec<String>,
    /// The profile of the data, where there is one.
    pub data: Option<DataProfile>,
    /// The models, the baseline first: the others are compared with it. At most
    /// [`MOST_MODELS`].
    pub models: Vec<ModelReport>,
    /// What else a reader must know, one sentence or two each: further limits of what was
    /// measured, or that rows were left out before.
    pub notes: Vec<String>,
    /// The command that makes these results again.
    pub command: Option<String>,
    /// The seed of the run; shown where the settings do not have it under the key `seed`.
    pub seed: Option<u64>,
    /// The SHA-256 checksum of the file of the data, in hexadecimal digits.
    pub data_sha256: Option<String>,
    /// The version of the program that made the results.
    pub version: Option<String>,
    /// The settings of the run as pairs of key and value, in order.
    pub config: Vec<(String, String)>,
}

/// What is predicted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LabelDescription {
    /// The column of the label (`income`).
    pub column: String,
    /// The label that counts as positive (`>50K`).
    pub positive: String,
}

/// One model with its results.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelReport {
    /// The name, such as `plain` or `fair`; no two models share it.
    pub name: String,
    /// The fairness loss, where there was one; several as one text.
    pub loss: Option<String>,
    /// The weight of the fairness loss, where there was one.
    pub lambda: Option<f64>,
    /// The fairness losses apart, in order; empty where that is not known.
    pub terms: Vec<FairnessTerm>,
    /// The number of epochs of fine-tuning, where it is known.
    pub epochs: Option<usize>,
    /// What happened in training; empty where it is not known.
    pub history: TrainingHistory,
    /// The audit of the test part, or of the predictions of a model of which nothing else is
    /// known; all numbers of the model are taken from it.
    pub audit: Audit,
}

/// One fairness loss of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct FairnessTerm {
    /// The loss with its penalty or condition.
    pub loss: String,
    /// The attributes whose groups are compared; several are crossed.
    pub groups: Vec<String>,
    /// Its weight in the epoch that was kept.
    pub lambda: Option<f64>,
}

impl FairnessTerm {
    /// What is charged, and between whom.
    pub(crate) fn in_words(&self) -> String {
        format!("{} by {}", self.loss, self.groups.join(" and "))
    }
}

/// The weight of one of several fairness losses in an epoch, by its place from 0.
pub(crate) fn term_weight(epoch: &EpochRecord, index: usize) -> Option<f64> {
    epoch.train.get(&term_key("lambda", index)).copied()
}

/// Whether a weight is not the same in all epochs.
pub(crate) fn weight_moves(
    stage: &StageHistory,
    weight: impl Fn(&EpochRecord) -> Option<f64>,
) -> bool {
    let mut weights = stage.epochs.iter().filter_map(weight);
    let first = weights.next();
    weights.any(|weight| first.is_some_and(|first| weight.total_cmp(&first).is_ne()))
}

impl ModelReport {
    /// The fairness losses where there are several, which have curves of their own.
    pub(crate) fn several_terms(&self) -> &[FairnessTerm] {
        match self.terms.as_slice() {
            [_] => &[],
            terms => terms,
        }
    }

    /// Whether anything is known of its training.
    pub(crate) fn is_trained(&self) -> bool {
        !self.history.stages.is_empty()
            || self.loss.is_some()
            || self.lambda.is_some()
            || self.epochs.is_some()
    }
}

impl ReportInput {
    /// Whether the report is of a run that trained models, and not of predictions alone.
    pub(crate) fn is_of_training(&self) -> bool {
        self.models.iter().any(ModelReport::is_trained)
    }

    /// What the numbers are of, in words.
    pub(crate) fn measured_part(&self) -> &'static str {
        if self.is_of_training() {
            "the test part"
        } else {
            "the audited rows"
        }
    }

    /// Whether the settings have a key.
    pub(crate) fn has_setting(&self, key: &str) -> bool {
        self.config.iter().any(|(known, _)| known == key)
    }

    /// Checks what a page cannot show.
    ///
    /// # Errors
    ///
    /// When two models share a name, or when there are more than [`MOST_MODELS`].
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.models.len() > MOST_MODELS {
            return Err(Error::TooManyModels {
                found: self.models.len(),
                most: MOST_MODELS,
            });
        }
        for (index, model) in self.models.iter().enumerate() {
            if self.models[..index].iter().any(|m| m.name == model.name) {
                return Err(Error::DuplicateModel {
                    name: model.name.clone(),
                });
            }
        }
        Ok(())
    }
}
