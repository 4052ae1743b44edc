//! The base of a model of texts, as its settings describe it: shape, tokenizer, and weights where
//! there are some.

use std::path::{Path, PathBuf};

use burn::tensor::Device;
use equipoise_text::tokenizer::Tokenizer;

use super::{
    BertConfig, CutTexts, LoadedWeights, MaskedLanguageModel, Pooling, TextModel, TextModelConfig,
    TextWindows, hub_config,
};
use crate::Error;
use crate::file::write_whole;

/// What pretraining or fine-tuning of a model of texts starts from.
#[derive(Debug, Clone)]
pub struct TextBase {
    /// The shape.
    pub config: BertConfig,
    /// The tokenizer.
    pub tokenizer: Tokenizer,
    /// How texts are cut.
    pub windows: TextWindows,
    /// Which vector stands for a text.
    pub pooling: Pooling,
    folder: Option<PathBuf>,
}

impl TextBase {
    /// Reads the base model of settings, or learns the vocabulary of a new one from the texts of
    /// the training part.
    ///
    /// # Errors
    ///
    /// When a setting is not legal, when a file of the base model is missing or damaged, or when
    /// its tokenizer is not that of the model.
    pub fn open(settings: &TextModelConfig, train: &[String]) -> Result<Self, Error> {
        settings.check()?;
        let (config, tokenizer) = if let Some(folder) = &settings.path {
            (hub_config(folder)?, Tokenizer::from_folder(folder)?)
        } else {
            let training = settings.tokenizer.clone().unwrap_or_default();
            let tokenizer = Tokenizer::train(train, &training)?;
            let shape = settings.shape.clone().unwrap_or_default();
            let config = BertConfig {
                vocabulary: tokenizer.vocabulary(),
                pad: tokenizer.special().pad,
                ..shape
            };
            config.check()?;
            (config, tokenizer)
        };
        tokenizer.check_vocabulary(config.vocabulary)?;
        Ok(Self {
            windows: TextWindows {
                window: settings.window_of(&config)?,
                long_texts: settings.long_texts,
                overlap: settings.overlap.unwrap_or(0),
            },
            pooling: settings.pooling,
            folder: settings.path.clone(),
            config,
            tokenizer,
        })
    }

    /// The tokens of texts, window after window.
    ///
    /// # Errors
    ///
    /// As [`TextWindows::cut`].
    pub fn tokens(&self, texts: &[String]) -> Result<CutTexts, Error> {
        self.windows.cut(&self.tokenizer, texts)
    }

    /// The model with a head for so many outputs. What the base has no weights for is drawn from
    /// the random generator of the device; a new model is drawn whole.
    ///
    /// # Errors
    ///
    /// As [`TextModel::from_folder`] and [`TextModel::new`].
    pub fn model(
        &self,
        outputs: usize,
        device: &Device,
    ) -> Result<LoadedWeights<TextModel>, Error> {
        match &self.folder {
            Some(folder) => {
                TextModel::from_folder(folder, &self.config, self.pooling, outputs, device)
            }
            None => Ok(LoadedWeights {
                model: TextModel::new(&self.config, self.pooling, outputs, device)?,
                fresh: Vec::new(),
                unused: Vec::new(),
            }),
        }
    }

    /// The model with a head that guesses hidden tokens. What the base has no weights for is drawn
    /// from the random generator of the device; a new model is drawn whole.
    ///
    /// # Errors
    ///
    /// As [`MaskedLanguageModel::from_folder`] and [`MaskedLanguageModel::new`].
    pub fn masked_language_model(
        &self,
        device: &Device,
    ) -> Result<LoadedWeights<MaskedLanguageModel>, Error> {
        match &self.folder {
            Some(folder) => MaskedLanguageModel::from_folder(folder, &self.config, device),
            None => Ok(LoadedWeights {
                model: MaskedLanguageModel::new(&self.config, device)?,
                fresh: Vec::new(),
                unused: Vec::new(),
            }),
        }
    }

    /// Writes a pretrained model with its tokenizer into a folder, which is made where it is not
    /// there: a base model for others, and for `transformers`.
    ///
    /// # Errors
    ///
    /// When a file cannot be written.
    pub fn save_pretrained(&self, model: &MaskedLanguageModel, folder: &Path) -> Result<(), Error> {
        model.save_to_folder(folder, &self.config)?;
        // A new model has learnt no positions beyond the window that it was trained with.
        let longest = match self.folder {
            Some(_) => self.config.window(),
            None => self.windows.window,
        };
        for (name, bytes) in self.tokenizer.files(longest)? {
            write_whole(&folder.join(name), &bytes)?;
        }
        Ok(())
    }
}
