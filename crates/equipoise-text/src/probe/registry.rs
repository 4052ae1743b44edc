//! All probes.

use std::{fmt, path::Path};

use super::{
    MaskedLanguageModel, ProbeOptions, ProbeRecord, SentenceEncoder, TextClassifier, association,
    crows_pairs, hatecheck, identity_templates, stereoset, winobias,
};
use crate::Error;

/// All probes, each with what it needs and measures.
pub const PROBES: &[ProbeSpec] = &[
    crows_pairs::SPEC,
    stereoset::SPEC,
    association::SPEC,
    winobias::SPEC,
    hatecheck::SPEC,
    identity_templates::SPEC,
];

/// A kind of model that a probe can ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelKind {
    /// A [`MaskedLanguageModel`].
    MaskedLanguageModel,
    /// A [`SentenceEncoder`].
    SentenceEncoder,
    /// A [`TextClassifier`].
    TextClassifier,
}

/// A model in all the ways in which it can be asked.
#[derive(Clone, Copy, Default)]
pub struct ProbeModel<'a> {
    /// The model with its masked head, where it has one.
    pub masked: Option<&'a dyn MaskedLanguageModel>,
    /// The model as an encoder of sentences.
    pub encoder: Option<&'a dyn SentenceEncoder>,
    /// The model with a fine-tuned head.
    pub classifier: Option<&'a dyn TextClassifier>,
}

impl fmt::Debug for ProbeModel<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (f.debug_struct("ProbeModel"))
            .field("masked", &self.masked.is_some())
            .field("encoder", &self.encoder.is_some())
            .field("classifier", &self.classifier.is_some())
            .finish()
    }
}

impl<'a> ProbeModel<'a> {
    /// Whether it can be asked in some way.
    pub fn has(&self, kind: ModelKind) -> bool {
        match kind {
            ModelKind::MaskedLanguageModel => self.masked.is_some(),
            ModelKind::SentenceEncoder => self.encoder.is_some(),
            ModelKind::TextClassifier => self.classifier.is_some(),
        }
    }

    pub(super) fn masked(&self, probe: &'static str) -> Result<&'a dyn MaskedLanguageModel, Error> {
        self.masked.ok_or(Error::ModelKind {
            probe,
            needed: "a model with a masked language modelling head",
        })
    }

    pub(super) fn encoder(&self, probe: &'static str) -> Result<&'a dyn SentenceEncoder, Error> {
        self.encoder.ok_or(Error::ModelKind {
            probe,
            needed: "a model that turns sentences into vectors",
        })
    }

    pub(super) fn classifier(&self, probe: &'static str) -> Result<&'a dyn TextClassifier, Error> {
        self.classifier.ok_or(Error::ModelKind {
            probe,
            needed: "a model that was fine-tuned to decide between two classes of texts",
        })
    }
}

/// What a probe measures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeasureSpec {
    /// The name in records.
    pub name: &'static str,
    /// What it is.
    pub summary: &'static str,
    /// The value of a model without bias, where there is one.
    pub ideal: Option<f64>,
    /// What a value above another one says of the model, in a few words.
    pub higher: &'static str,
    /// The smallest and the largest value there can be.
    pub range: (f64, f64),
}

/// What a probe does with a model, the path of its data, and the options.
type RunProbe = fn(&ProbeModel<'_>, &Path, &ProbeOptions) -> Result<Vec<ProbeRecord>, Error>;

/// A probe.
#[derive(Debug, Clone, Copy)]
pub struct ProbeSpec {
    /// The name by which it is asked for.
    pub name: &'static str,
    /// The question that it answers.
    pub summary: &'static str,
    /// Authors and year.
    pub paper: &'static str,
    /// The published data that it reads.
    pub data: &'static str,
    /// The kind of model that it asks.
    pub needs: ModelKind,
    /// What it measures.
    pub measures: &'static [MeasureSpec],
    pub(super) run: RunProbe,
}

impl ProbeSpec {
    /// The probe of a name.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn by_name(name: &str) -> Result<&'static Self, Error> {
        (PROBES.iter())
            .find(|spec| spec.name == name)
            .ok_or_else(|| Error::Unknown {
                what: "probe",
                name: name.to_owned(),
                known: PROBES.iter().map(|spec| spec.name.to_owned()).collect(),
            })
    }

    /// Reads the published data at a path and asks the model.
    ///
    /// # Errors
    ///
    /// When the model is not of the kind that the probe needs, when the data cannot be read or are not
    /// as published, when an option is out of range, or when the model fails.
    pub fn run(
        &self,
        model: &ProbeModel<'_>,
        data: &Path,
        options: &ProbeOptions,
    ) -> Result<Vec<ProbeRecord>, Error> {
        (self.run)(model, data, options)
    }
}
