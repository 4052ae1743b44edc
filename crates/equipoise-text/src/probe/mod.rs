//! Measures of the bias of a model of texts, before or after fine-tuning.
//!
//! Each probe asks one kind of model, behind a small trait: a [`MaskedLanguageModel`] how likely
//! words are, a [`SentenceEncoder`] where sentences lie, a [`TextClassifier`] what it decides. Each is
//! one file, has a reader of its published data, and is listed in [`PROBES`]; all answer with
//! [`ProbeRecord`]s.

mod alignment;
mod ask;
mod association;
mod crows_pairs;
mod hatecheck;
mod identity_templates;
mod interval;
mod model;
mod options;
mod record;
mod registry;
mod stereoset;
mod table;
mod templates;
mod winobias;

pub use alignment::common_positions;
pub use association::{
    AssociationResult, AssociationTest, associations, effect_size, measure_association,
    read_association_test,
};
pub use crows_pairs::{CrowsPair, crows_pairs, read_crows_pairs};
pub use hatecheck::read_hatecheck;
pub use identity_templates::read_identity_templates;
pub use model::{
    MaskedLanguageModel, MaskedTokens, PredictorClassifier, SentenceEncoder, TextClassifier,
};
pub use options::ProbeOptions;
pub use record::ProbeRecord;
pub use registry::{MeasureSpec, ModelKind, PROBES, ProbeModel, ProbeSpec};
pub use stereoset::{
    StereoExample, StereoScores, StereoTask, read_stereoset, stereo_scores, stereoset,
};
pub use templates::{ScoredTemplates, TemplateSuite, score_templates};
pub use winobias::{UnpairedSentence, WinoBias, WinoBiasPair, read_winobias, winobias};
