//! What a run of a model of texts has beside its rows: the base model, and the tokens.

use std::{collections::BTreeMap, sync::Arc};

use equipoise_core::SplitPart;
use equipoise_data::{Prepared, file_sha256};
use equipoise_models::{
    ModelConfig, TextModelConfig,
    bert::{LoadedWeights, LongTexts, TextBase, TextModel, TextWindows, hub},
};
use equipoise_tensor::{Device, WindowInputs};
use equipoise_text::tokenizer;
use equipoise_train::{TokenBatcher, TokenDataset, TokenRow, TrainingData, text_data};

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
    /// The tokens of the counterfactual of each text in which words were swapped, by row.
    counterfactuals: Option<Arc<BTreeMap<u64, TokenRow>>>,
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
        let counterfactuals = counterfactuals(config, data, &base)?;
        let texts = Self {
            base,
            column: column.clone(),
            digest: digest(settings)?,
            long,
            parts,
            counterfactuals,
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
        let (train, valid) = (rows(SplitPart::Train)?, rows(SplitPart::Valid)?);
        Ok(TrainingData {
            batcher: Arc::new(TokenBatcher {
                padding,
                counterfactuals: self.counterfactuals.clone(),
            }),
            ..text_data(train, valid, padding)
        })
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

/// The tokens of the texts that training compares with their originals; `None` where no words are
/// swapped.
fn counterfactuals(
    config: &Config,
    data: &Prepared,
    base: &TextBase,
) -> Result<Option<Arc<BTreeMap<u64, TokenRow>>>, CliError> {
    let Some(swapper) = config.data().swapper()? else {
        return Ok(None);
    };
    let (mut ids, mut swapped) = (Vec::new(), Vec::new());
    let mut rows = 0;
    for part in [SplitPart::Train, SplitPart::Valid] {
        for (id, text) in data.part(part).ids().iter().zip(texts(data, part)?) {
            let counterfactual = swapper.swap(text);
            rows += 1;
            if counterfactual.replacements > 0 {
                ids.push(*id);
                swapped.push(counterfactual.text);
            }
        }
    }
    tracing::info!(
        "texts: {} of {rows} have words that are swapped in their counterfactuals",
        ids.len()
    );
    let tokens = base.tokens(&swapped)?.texts;
    let tokens = tokens.into_iter().map(TokenRow::from);
    Ok(Some(Arc::new(ids.into_iter().zip(tokens).collect())))
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
