//! A head for two classes of texts.

use std::path::Path;

use burn::tensor::Device;
use equipoise_core::{Scores, Task};
use equipoise_text::{ModelError, TextClassifier, Tokenizer, tokenizer::Tokens};
use serde::Deserialize;
use std::collections::BTreeMap;

use super::window::CuttingTokenizer;
use crate::Error;
use crate::bert::{BertConfig, Pooling, TextFolder, TextModel, score_texts};
use crate::folder::{MANIFEST, existing};

/// A classifier of two classes with its tokenizer, on a device.
///
/// Of a text that is longer than the window, the first tokens are seen; [`Self::cut`] counts
/// such texts.
#[derive(Debug, Clone)]
pub struct TwoClasses {
    model: TextModel,
    task: Task,
    tokenizer: CuttingTokenizer,
    pad: u32,
    device: Device,
    positive: String,
}

impl TwoClasses {
    /// The classifier of a folder: one that this project wrote, or one with a head for sequence
    /// classification of two labels, of which the second is the positive one. `Err` within `Ok`
    /// says why the folder has none.
    ///
    /// # Errors
    ///
    /// When a file of the folder is damaged or contradicts another.
    pub fn open(
        folder: &Path,
        config: &BertConfig,
        tokenizer: &Tokenizer,
        device: &Device,
    ) -> Result<Result<Self, String>, Error> {
        if folder.join(MANIFEST).is_file() {
            let saved = TextFolder::load(folder, device)?;
            let window = saved.manifest.window;
            let task = saved.manifest.task;
            return Ok(positive_of(&task).map(|positive| Self {
                model: saved.model,
                tokenizer: CuttingTokenizer::new(saved.tokenizer, window),
                pad: saved.config.pad,
                device: device.clone(),
                task,
                positive,
            }));
        }
        let head = HubHead::read(folder)?;
        let task = match head.task() {
            Ok(task) => task,
            Err(reason) => return Ok(Err(reason)),
        };
        let loaded = TextModel::from_folder(folder, config, Pooling::Cls, task.outputs(), device)?;
        if let Some(name) = loaded.fresh.first() {
            return Ok(Err(format!(
                "its weights have no head for two classes: `{name}` is missing or of another shape"
            )));
        }
        Ok(positive_of(&task).map(|positive| Self {
            model: loaded.model,
            tokenizer: CuttingTokenizer::new(tokenizer.clone(), config.window()),
            pad: config.pad,
            device: device.clone(),
            task,
            positive,
        }))
    }

    /// The name of the positive class.
    pub fn positive(&self) -> &str {
        &self.positive
    }

    /// How many texts were longer than the window so far.
    pub fn cut(&self) -> usize {
        self.tokenizer.cut()
    }
}

impl TextClassifier for TwoClasses {
    fn probabilities(&self, texts: &[&str]) -> Result<Vec<f64>, ModelError> {
        let tokens = self.tokenizer.tokens(texts)?;
        let rows: Vec<&[u32]> = tokens.iter().map(Tokens::ids).collect();
        match score_texts(&self.model, &self.task, &rows, self.pad, &self.device)? {
            Scores::Binary(probabilities) => Ok(probabilities),
            Scores::Multiclass { probabilities, .. } => {
                let (pairs, _) = probabilities.as_chunks::<2>();
                Ok(pairs.iter().map(|[_, positive]| *positive).collect())
            }
            _ => Err("the model gives numbers, and two classes are asked for".into()),
        }
    }
}

/// The positive class of a task with two, or why there is none.
fn positive_of(task: &Task) -> Result<String, String> {
    match task {
        Task::Binary { positive } => Ok(positive.clone()),
        Task::Multiclass { classes } => match &**classes {
            [_, positive] => Ok(positive.clone()),
            others => Err(format!(
                "its head has {} classes, and two are asked for",
                others.len()
            )),
        },
        _ => Err("its head gives a number, and two classes are asked for".to_owned()),
    }
}

/// What a `config.json` says of the head.
#[derive(Deserialize)]
struct HubHead {
    #[serde(default)]
    architectures: Vec<String>,
    #[serde(default)]
    id2label: BTreeMap<String, String>,
    problem_type: Option<String>,
}

impl HubHead {
    fn read(folder: &Path) -> Result<Self, Error> {
        let path = existing(folder, "config.json")?;
        let bytes = fs_err::read(&path)?;
        serde_json::from_slice(&bytes).map_err(|source| Error::Json { path, source })
    }

    /// What the head decides, or why it does not decide between two classes.
    fn task(self) -> Result<Task, String> {
        let is_classifier = |class: &String| class.ends_with("ForSequenceClassification");
        if !self.architectures.iter().any(is_classifier) {
            return Err("it was not fine-tuned to decide between two classes of texts".to_owned());
        }
        if let Some(kind) = self
            .problem_type
            .filter(|kind| kind != "single_label_classification")
        {
            return Err(format!(
                "its head is one for `{kind}`, and two classes are asked for"
            ));
        }
        // Two labels without names are not written.
        let mut classes = vec!["LABEL_0".to_owned(), "LABEL_1".to_owned()];
        if !self.id2label.is_empty() {
            let label = |id: usize| self.id2label.get(&id.to_string()).cloned();
            classes = (0..self.id2label.len())
                .map(label)
                .collect::<Option<_>>()
                .ok_or("its `id2label` does not count from 0")?;
        }
        let task = Task::Multiclass { classes };
        positive_of(&task).map(|_| task)
    }
}
