//! What a run of a model of texts has beside its rows: the base model, and the tokens.

use std::sync::Arc;

use equipoise_core::SplitPart;
use equipoise_data::{Prepared, file_sha256};
use equipoise_models::{
    ModelConfig, TextModelConfig,
    bert::{LoadedWeights, LongTexts, TextBase, TextModel, TextWindows, hub},
};
use equipoise_tensor::{Device, WindowInputs};
use equipoise_text::tokenizer;
use equipoise_train::{TokenDataset, TokenRow, TrainingData, text_data};

use crate::{config::Config, error::CliError};

/// The files of a base model that its outputs depend on, beside those of its tokenizer.
const MODEL_FILES: [&str; 3] = [hub::CONFIG, hub::WEIGHTS, hub::PICKLED];

/// The base model and the tokens of all parts.
#[derive(Debug)]
pub(crate) struct Texts {
    pub(crate) base: TextBase,
    /// The column that holds the texts.
    pub(crate) column: String,
    /// The digests of the files of the base model, one after the other.
    pub(crate) digest: String,
    /// How many texts are longer than a window.
    pub(crate) long: usize,
    parts: Vec<Arc<[TokenRow]>>,
}

impl Texts {
    /// Reads the base model and cuts the texts into its tokens; `None` for a model of tables.
    ///
    /// # Errors
    ///
    /// When the base model cannot be read, or is not legal.
    pub(crate) fn open(config: &Config, data: &Prepared) -> Result<Option<Self>, CliError> {
        let (ModelConfig::Bert(settings), Some(column)) =
            (config.model(), &config.data().config().text)
        else {
            return Ok(None);
        };
        let base = TextBase::open(settings, texts(data, SplitPart::Train)?)?;
        let mut long = 0;
        let parts = SplitPart::ALL
            .into_iter()
            .map(|part| {
                let cut = base.tokens(texts(data, part)?)?;
                long += cut.long;
                Ok(cut.texts.into_iter().map(TokenRow::from).collect())
            })
            .collect::<Result<Vec<Arc<[TokenRow]>>, CliError>>()?;
        let texts = Self {
            base,
            column: column.clone(),
            digest: digest(settings)?,
            long,
            parts,
        };
        texts.tell(data);
        Ok(Some(texts))
    }

    /// How many texts the model sees the beginning of alone.
    pub(crate) fn truncated(&self) -> usize {
        match self.base.windows.long_texts {
            LongTexts::Stride => 0,
            _ => self.long,
        }
    }

    /// Says how long the texts are, and what becomes of the long ones.
    fn tell(&self, data: &Prepared) {
        let TextWindows {
            window, long_texts, ..
        } = self.base.windows;
        let windows = || {
            self.parts
                .iter()
                .flat_map(|part| part.iter().flat_map(|row| row.iter()))
        };
        let tokens: usize = windows().map(Vec::len).sum();
        let rows: usize = SplitPart::ALL
            .map(|part| data.part(part).len())
            .iter()
            .sum();
        tracing::info!(
            "texts: {:.1} tokens on average, {} of {rows} texts are longer than the window of \
             {window} tokens",
            tokens as f64 / rows.max(1) as f64,
            self.long
        );
        if long_texts == LongTexts::Stride {
            tracing::info!("texts: {} windows in all", windows().count());
        } else if self.long > 0 {
            tracing::warn!(
                "the ends of {} texts are not seen; `long_texts = \"stride\"` in `[model]` shows \
                 them to the model window after window",
                self.long
            );
        }
    }

    /// The tokens of a part.
    pub(crate) fn part(&self, part: SplitPart) -> &Arc<[TokenRow]> {
        // The parts are in the order of `SplitPart::ALL`.
        &self.parts[part as usize]
    }

    /// The rows that models are trained on.
    ///
    /// # Errors
    ///
    /// When there are not as many texts as rows.
    pub(crate) fn training_data(
        &self,
        data: &Prepared,
    ) -> Result<TrainingData<WindowInputs, TokenRow>, CliError> {
        let rows = |part| {
            let examples = data.part(part).clone();
            TokenDataset::new(examples, Arc::clone(self.part(part)))
        };
        let padding = self.base.config.pad;
        Ok(text_data(
            rows(SplitPart::Train)?,
            rows(SplitPart::Valid)?,
            padding,
        ))
    }

    /// The model before fine-tuning.
    ///
    /// # Errors
    ///
    /// When the weights cannot be read, or are not those of the base model.
    pub(crate) fn model(&self, outputs: usize, device: &Device) -> Result<TextModel, CliError> {
        Ok(told(self.base.model(outputs, device)?))
    }
}

/// The model, once it is said which of its weights are new and which of the base are not used.
pub(super) fn told<M>(loaded: LoadedWeights<M>) -> M {
    if !loaded.fresh.is_empty() {
        tracing::info!("drawn afresh: {}", loaded.fresh.join(", "));
    }
    if !loaded.unused.is_empty() {
        tracing::info!("of the base model not used: {}", loaded.unused.join(", "));
    }
    loaded.model
}

fn texts(data: &Prepared, part: SplitPart) -> Result<&[String], CliError> {
    data.part(part)
        .texts()
        .ok_or_else(|| CliError::usage("the data have no texts"))
}

/// What the weights depend on and the configuration does not say.
pub(super) fn digest(settings: &TextModelConfig) -> Result<String, CliError> {
    let Some(folder) = &settings.path else {
        return Ok(String::new());
    };
    let there = |name: &&&str| folder.join(name).is_file();
    MODEL_FILES
        .iter()
        .chain(&tokenizer::FILES)
        .filter(there)
        .map(|name| Ok(format!("{name}={}", file_sha256(&folder.join(name))?)))
        .collect::<Result<Vec<_>, CliError>>()
        .map(|digests| digests.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_knows_every_file_that_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let settings = TextModelConfig {
            path: Some(folder.path().to_owned()),
            ..TextModelConfig::default()
        };
        let mut seen = vec![digest(&settings).unwrap()];
        for name in MODEL_FILES.iter().chain(&tokenizer::FILES) {
            for text in ["{}", "{\"do_lower_case\": false}"] {
                std::fs::write(folder.path().join(name), text).unwrap();
                let now = digest(&settings).unwrap();
                assert!(!seen.contains(&now), "{name}");
                seen.push(now);
            }
        }
        assert!(tokenizer::FILES.contains(&"tokenizer_config.json"));
    }
}
