//! What a folder can be asked, and why not the rest.

use std::path::Path;

use burn::tensor::Device;
use equipoise_text::{ModelKind, ProbeModel, Tokenizer};

use super::{MaskedGuesses, SentenceVectors, TwoClasses};
use crate::Error;
use crate::bert::{BertConfig, MaskedLanguageModel, Pooling, hub_config};

/// The model of a folder in all the ways in which a probe can ask it.
#[derive(Debug)]
pub struct ProbedFolder {
    /// The shape.
    pub config: BertConfig,
    masked: Result<MaskedGuesses, String>,
    sentences: SentenceVectors,
    classifier: Result<TwoClasses, String>,
}

impl ProbedFolder {
    /// Reads a folder as the Hugging Face hub has it, or one that this project wrote; `pooling`
    /// says which vector stands for a sentence. No gradients are kept.
    ///
    /// # Errors
    ///
    /// When a file is missing or damaged, when the architecture is not known, when the tokenizer
    /// has tokens that the model has no vectors for, or when a weight of the encoder is missing
    /// or of another shape than the configuration says. A head that is not there is no error.
    pub fn open(folder: &Path, pooling: Pooling, device: &Device) -> Result<Self, Error> {
        let config = hub_config(folder)?;
        let tokenizer = Tokenizer::from_folder(folder)?;
        tokenizer.check_vocabulary(config.vocabulary)?;
        let loaded = MaskedLanguageModel::from_folder(folder, &config, device)?;
        let masked = match loaded.fresh.first() {
            Some(name) => Err(format!(
                "its weights have no masked head: `{name}` is missing"
            )),
            None => MaskedGuesses::new(&loaded.model, &tokenizer, &config, device)
                .ok_or_else(|| "its tokenizer has no token that hides a word".to_owned()),
        };
        let encoder = loaded.model.encoder();
        Ok(Self {
            sentences: SentenceVectors::new(encoder, &tokenizer, &config, pooling, device),
            classifier: TwoClasses::open(folder, &config, &tokenizer, device)?,
            masked,
            config,
        })
    }

    /// The model as probes ask it.
    pub fn as_probe_model(&self) -> ProbeModel<'_> {
        ProbeModel {
            masked: self.masked.as_ref().ok().map(|model| model as _),
            encoder: Some(&self.sentences),
            classifier: self.classifier.as_ref().ok().map(|model| model as _),
        }
    }

    /// Why it cannot be asked in some way; `None` where it can.
    pub fn lacks(&self, kind: ModelKind) -> Option<&str> {
        match kind {
            ModelKind::MaskedLanguageModel => self.masked.as_ref().err().map(String::as_str),
            ModelKind::SentenceEncoder => None,
            ModelKind::TextClassifier => self.classifier.as_ref().err().map(String::as_str),
        }
    }

    /// The name of the class that a classifier finds, such as `hateful`; `None` without one.
    pub fn positive(&self) -> Option<&str> {
        self.classifier.as_ref().ok().map(TwoClasses::positive)
    }

    /// How many texts were longer than the window so far, and were cut.
    pub fn cut(&self) -> usize {
        self.sentences.cut() + self.classifier.as_ref().map_or(0, TwoClasses::cut)
    }
}
