//! The `[model]` table of a model of texts.

use std::path::PathBuf;

use equipoise_text::tokenizer::TokenizerTraining;
use serde::{Deserialize, Serialize};

use super::{BertConfig, LongTexts, Pooling};
use crate::Error;
use crate::range::Settings;
use crate::registry::{ModelInputs, ModelSpec};

/// The settings of a model of texts: the folder of a base model, or the shape of a new one.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TextModelConfig {
    /// The folder of the base model, as the Hugging Face hub has it. Not set: a new model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<PathBuf>,
    /// The shape of a new model. Not set, and no `path`: BERT's smallest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shape: Option<BertConfig>,
    /// How the vocabulary of a new model is learnt, from the training part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokenizer: Option<TokenizerTraining>,
    /// Which vector stands for a text.
    pub pooling: Pooling,
    /// The number of tokens that the model sees at once, 3 or more. Not set: as many as it can
    /// see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<usize>,
    /// What becomes of longer texts.
    pub long_texts: LongTexts,
    /// How many tokens of a window stand in the one before too, below the tokens of a text that
    /// fit into one; with [`LongTexts::Stride`] alone. Not set: 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overlap: Option<usize>,
}

impl TextModelConfig {
    pub(crate) const SPEC: ModelSpec = ModelSpec {
        name: "bert",
        summary: "an encoder of texts in the shape of BERT, from a folder or new",
        paper: "Devlin, Chang, Lee and Toutanova (2019), \"BERT: Pre-training of Deep \
                Bidirectional Transformers for Language Understanding\"",
        inputs: ModelInputs::Text,
        supports_pretraining: false,
    };

    /// Whether all settings are legal.
    ///
    /// # Errors
    ///
    /// When a setting lies outside its range, or when there is a folder and the shape or the
    /// tokenizer of a new model.
    pub fn check(&self) -> Result<(), Error> {
        let kind = Self::SPEC.name;
        for (second, is_there) in [
            ("shape", self.shape.is_some()),
            ("tokenizer", self.tokenizer.is_some()),
        ] {
            if self.path.is_some() && is_there {
                let first = "path";
                return Err(Error::Contradiction {
                    kind,
                    first,
                    second,
                });
            }
        }
        if let Some(shape) = &self.shape {
            shape.check()?;
        }
        if let Some(tokenizer) = &self.tokenizer {
            tokenizer.check()?;
        }
        if let (Some(overlap), LongTexts::Truncate) = (self.overlap, self.long_texts) {
            return Err(Settings { kind }.out_of_range(
                "overlap",
                overlap.to_string(),
                "not set, or any with `long_texts = \"stride\"`".to_owned(),
            ));
        }
        match self.window {
            Some(window) => Settings { kind }.size("window", window, 3..=65_536),
            None => Ok(()),
        }
    }

    /// The number of tokens that a model of some shape sees of a text.
    ///
    /// # Errors
    ///
    /// When `window` is larger than the model can see.
    pub fn window_of(&self, config: &BertConfig) -> Result<usize, Error> {
        let most = config.window();
        match self.window {
            None => Ok(most),
            Some(window) if window <= most => Ok(window),
            Some(window) => Err(Settings {
                kind: Self::SPEC.name,
            }
            .out_of_range("window", window.to_string(), format!("3 to {most}"))),
        }
    }
}
