//! A folder of a model of texts, which predicts on its own and which other programs open.
//!
//! | file | holds |
//! |---|---|
//! | `config.json`, `model.safetensors` | the model, as the Hugging Face hub has it |
//! | `tokenizer.json`, `tokenizer_config.json`, `special_tokens_map.json` | the tokenizer |
//! | `model.json` | the [`TextManifest`] |

use std::collections::BTreeMap;
use std::path::Path;

use burn::module::Module;
use burn::tensor::Device;
use equipoise_core::{ColumnValues, GroupSchema, Predictor, Scores, Table, Task};
use equipoise_text::tokenizer::Tokenizer;
use serde::{Deserialize, Serialize};

use super::{BertConfig, LongTexts, Pooling, TextModel, TextWindows, hub_config, score_windows};
use crate::Error;
use crate::file::write_whole;
use crate::folder::{MANIFEST, existing, read_manifest, write_manifest};

/// Everything about a model of texts but its shape, its weights and its tokenizer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextManifest {
    /// The format: [`TextManifest::SCHEMA`].
    schema: String,
    /// The column of texts that it reads.
    pub text: String,
    /// The number of tokens that it sees at once.
    pub window: usize,
    /// What becomes of longer texts.
    #[serde(default)]
    pub long_texts: LongTexts,
    /// With [`LongTexts::Stride`], how many tokens of a window stand in the one before too.
    #[serde(default)]
    pub overlap: usize,
    /// Which vector stands for a text.
    pub pooling: Pooling,
    /// What is predicted.
    pub task: Task,
    /// The group attributes that the model was trained to treat alike, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<GroupSchema>,
    /// The score from which a row counts as positive, in `[0, 1]`; read for two classes alone.
    pub threshold: f64,
    /// Where the model comes from: seed, loss, digest of the data, and whatever else is worth
    /// keeping.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub provenance: BTreeMap<String, String>,
}

impl TextManifest {
    /// The format that this version writes and reads.
    pub const SCHEMA: &'static str = "equipoise.text-model/1";

    /// The manifest of a model without groups and provenance, with the threshold 0.5.
    pub fn new(text: String, windows: TextWindows, pooling: Pooling, task: Task) -> Self {
        let TextWindows {
            window,
            long_texts,
            overlap,
        } = windows;
        Self {
            schema: Self::SCHEMA.to_owned(),
            text,
            window,
            long_texts,
            overlap,
            pooling,
            task,
            groups: None,
            threshold: 0.5,
            provenance: BTreeMap::new(),
        }
    }

    /// What keeps the manifest from describing a model of a shape.
    fn fault(&self, config: &BertConfig) -> Option<String> {
        if self.task.outputs() == 0 {
            return Some("`task` has no classes".to_owned());
        }
        if !(3..=config.window()).contains(&self.window) {
            return Some(format!(
                "`window` is {}; legal is 3 to {}",
                self.window,
                config.window()
            ));
        }
        if !(0.0..=1.0).contains(&self.threshold) {
            return Some(format!(
                "`threshold` is {}; legal is 0 to 1",
                self.threshold
            ));
        }
        None
    }

    /// How texts are cut.
    pub fn windows(&self) -> TextWindows {
        TextWindows {
            window: self.window,
            long_texts: self.long_texts,
            overlap: self.overlap,
        }
    }

    /// The names of the model's outputs.
    fn labels(&self) -> Vec<String> {
        match &self.task {
            Task::Binary { positive } => vec![positive.clone()],
            Task::Multiclass { classes } => classes.clone(),
            _ => vec![self.text.clone()],
        }
    }
}

/// A model of texts with all that is needed to predict.
#[derive(Debug, Clone)]
pub struct TextFolder {
    /// Everything but the shape, the weights and the tokenizer.
    pub manifest: TextManifest,
    /// The shape.
    pub config: BertConfig,
    /// The tokenizer.
    pub tokenizer: Tokenizer,
    /// The network.
    pub model: TextModel,
}

impl TextFolder {
    /// Writes the model into a folder, which is made where it is not there; the manifest last.
    ///
    /// # Errors
    ///
    /// When a part of the manifest is illegal, when the tokenizer is not that of the model, or
    /// when a file cannot be written.
    pub fn save(&self, folder: &Path) -> Result<(), Error> {
        let path = folder.join(MANIFEST);
        if let Some(what) = self.manifest.fault(&self.config) {
            return Err(Error::Manifest { path, what });
        }
        self.tokenizer.check_vocabulary(self.config.vocabulary)?;
        let TextManifest {
            pooling, window, ..
        } = self.manifest;
        self.model
            .save_to_folder(folder, &self.config, pooling, &self.manifest.labels())?;
        for (name, bytes) in self.tokenizer.files(window)? {
            write_whole(&folder.join(name), &bytes)?;
        }
        write_manifest(&path, &self.manifest)
    }

    /// Reads a model from a folder onto a device.
    ///
    /// # Errors
    ///
    /// When a file is missing, damaged or contradicts another, or when the weights are not those
    /// of the model.
    pub fn load(folder: &Path, device: &Device) -> Result<Self, Error> {
        let path = existing(folder, MANIFEST)?;
        let manifest: TextManifest = read_manifest(&path, TextManifest::SCHEMA)?;
        let config = hub_config(folder)?;
        if let Some(what) = manifest.fault(&config) {
            return Err(Error::Manifest { path, what });
        }
        let tokenizer = Tokenizer::from_folder(folder)?;
        tokenizer.check_vocabulary(config.vocabulary)?;
        let outputs = manifest.task.outputs();
        let loaded = TextModel::from_folder(folder, &config, manifest.pooling, outputs, device)?;
        if !loaded.fresh.is_empty() {
            return Err(Error::MissingTensors {
                place: format!("`{}`", folder.display()),
                names: loaded.fresh,
            });
        }
        Ok(Self {
            manifest,
            config,
            tokenizer,
            model: loaded.model,
        })
    }
}

/// A model of texts that turns tables into scores.
#[derive(Debug, Clone)]
pub struct TextPredictor {
    folder: TextFolder,
    device: Device,
}

impl TextPredictor {
    /// A predictor from a model; `device` is the one that holds its weights.
    pub fn new(folder: TextFolder, device: &Device) -> Self {
        Self {
            folder: TextFolder {
                model: folder.model.valid(),
                ..folder
            },
            device: device.clone(),
        }
    }

    /// A predictor from a model folder.
    ///
    /// # Errors
    ///
    /// As [`TextFolder::load`].
    pub fn load(folder: &Path, device: &Device) -> Result<Self, Error> {
        Ok(Self::new(TextFolder::load(folder, device)?, device))
    }

    /// Everything about the model but its shape, its weights and its tokenizer.
    pub fn manifest(&self) -> &TextManifest {
        &self.folder.manifest
    }

    /// The scores of texts; that of an empty one is what the model says of no words.
    ///
    /// # Errors
    ///
    /// When a text cannot be turned into tokens, and as [`score_windows`].
    pub fn score<S: AsRef<str>>(&self, texts: &[S]) -> Result<Scores, Error> {
        let TextFolder {
            manifest,
            config,
            tokenizer,
            model,
        } = &self.folder;
        let cut = manifest.windows().cut(tokenizer, texts)?;
        if cut.long > 0 && manifest.long_texts == LongTexts::Truncate {
            tracing::warn!(
                "{} of {} texts are longer than the {} tokens that the model sees; the rest of \
                 them is cut off",
                cut.long,
                texts.len(),
                manifest.window
            );
        }
        let rows: Vec<&[Vec<u32>]> = cut.texts.iter().map(Vec::as_slice).collect();
        score_windows(model, &manifest.task, &rows, config.pad, &self.device)
    }
}

impl Predictor for TextPredictor {
    fn task(&self) -> &Task {
        &self.folder.manifest.task
    }

    fn columns(&self) -> Vec<&str> {
        vec![&self.folder.manifest.text]
    }

    fn predict(&self, table: &Table) -> Result<Scores, Box<dyn std::error::Error + Send + Sync>> {
        let column = &self.folder.manifest.text;
        let kind = |found| equipoise_core::Error::ColumnKind {
            column: column.clone(),
            found,
            expected: "texts, none of them missing",
        };
        let ColumnValues::Text { levels, codes } = &table.column(column)?.values else {
            return Err(kind("numbers").into());
        };
        let texts: Vec<&str> = codes
            .iter()
            .map(|code| {
                code.and_then(|code| levels.get(code as usize))
                    .map(String::as_str)
            })
            .collect::<Option<_>>()
            .ok_or_else(|| kind("a row without a text"))?;
        Ok(self.score(&texts)?)
    }
}
