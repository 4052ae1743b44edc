//! One model from its base to its audit: fine-tuning, predictions, group metrics.

use std::collections::BTreeMap;

use equipoise_core::{
    EpochRecord, GroupSchema, Scores, SplitPart, StageHistory, TrainingHistory, history::term_key,
};
use equipoise_data::{PredictedPart, write_predictions};
use equipoise_losses::{FairnessConfig, TaskKind, TotalLoss};
use equipoise_metrics::{Audit, AuditData, Membership, TestSummary, audit};
use equipoise_models::{
    HeadedModel, ModelFolder, ModelManifest, TabularModel, TextFolder, TextModel,
    bert::{TextBase, TextManifest, score_windows},
    lora, score,
};
use equipoise_train::{
    FineTuneConfig, FineTuned, FineTuning, Strategy, TrainingData, derive_seed, finetune,
    finetune::{FINETUNE, strategy::check_fit},
};

use super::{
    Job,
    base::Base,
    record::{ModelRecord, TermRecord},
    texts::Texts,
};
use crate::error::CliError;

/// Which of the models of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ModelKind {
    /// The task alone.
    Plain,
    /// The task and the fairness loss of the configuration.
    Fair,
}

impl ModelKind {
    /// The name in folders and reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Fair => "fair",
        }
    }
}

impl Job<'_> {
    /// The models of the run: the plain one, and the fair one where there is a fairness loss.
    pub(crate) fn models(&self) -> Vec<ModelKind> {
        let mut models = vec![ModelKind::Plain];
        if self.has_fair() {
            models.push(ModelKind::Fair);
        }
        models
    }

    /// Whether the model of the configuration has what the strategy of fine-tuning moves.
    ///
    /// # Errors
    ///
    /// When it has not: it should be told before anything is trained.
    pub(crate) fn check_strategy(&self) -> Result<(), CliError> {
        let strategy = self.config.finetune().strategy;
        let outputs = self.data.task.outputs();
        if let Some(texts) = &self.texts {
            let TextBase {
                config, pooling, ..
            } = &texts.base;
            let model = TextModel::uninitialized(config, *pooling, outputs, &self.device)?;
            return Ok(check_fit(&model, strategy)?);
        }
        let (config, shape) = (self.config.model(), &self.data.shape);
        let model = TabularModel::uninitialized(config, shape, outputs, &self.device)?;
        Ok(check_fit(&model, strategy)?)
    }

    /// Whether the configuration asks for more than the task: a fairness loss, or training twice.
    pub(crate) fn has_fair(&self) -> bool {
        !self.config.fairness().is_empty() || self.config.finetune().just_train_twice.is_some()
    }

    /// The settings of fine-tuning of a model: the plain one is trained once.
    fn finetune(&self, kind: ModelKind) -> FineTuneConfig {
        let mut settings = self.config.finetune().clone();
        if kind == ModelKind::Plain {
            settings.just_train_twice = None;
        }
        settings
    }

    /// The fairness losses of a model, in order; none for the plain one.
    fn fairness(&self, kind: ModelKind) -> &[FairnessConfig] {
        match kind {
            ModelKind::Plain => &[],
            ModelKind::Fair => self.config.fairness(),
        }
    }

    /// The names of the fairness losses of a model, in order.
    fn loss_names(&self, kind: ModelKind) -> Result<Vec<String>, CliError> {
        let losses = self.context.registry().losses();
        self.fairness(kind)
            .iter()
            .map(|fairness| Ok(losses.build(fairness)?.name().to_owned()))
            .collect()
    }

    /// Fine-tunes one model, keeps it, and audits it.
    ///
    /// # Errors
    ///
    /// When training fails or is interrupted, or when a result cannot be written.
    pub(crate) fn model(
        &mut self,
        kind: ModelKind,
        base: Option<&Base>,
    ) -> Result<ModelRecord, CliError> {
        let FineTuned {
            model,
            adapted,
            share,
            history,
        } = self.measure_training(kind.name(), |job| train(job, kind, base))?;
        self.measure("audit", |job| {
            let name = kind.name();
            save(job, kind, &model)?;
            if let Some(adapted) = &adapted {
                save_adapter(job, kind, adapted)?;
            }
            let epochs = history.epochs.len();
            let kept = kept(&history).cloned();
            let stages = base
                .map(|base| base.history.clone())
                .into_iter()
                .chain([history])
                .collect();
            write_history(job, name, stages)?;
            let scores = predict(job, name, &model)?;
            let found = audit_test(job, &scores)?;
            if let Some(found) = &found {
                let bytes =
                    serde_json::to_vec_pretty(found).map_err(CliError::encode("the audit"))?;
                job.folder.write(format!("audit/{name}.json"), &bytes)?;
            }
            let mut record = record(job, kind, epochs, kept.as_ref(), found.as_ref())?;
            record.parameters = Some(share.into());
            Ok(record)
        })
    }
}

/// A model that was fine-tuned.
#[derive(Debug)]
enum Trained {
    /// Over the rows of a table.
    Table(TabularModel),
    /// Over texts.
    Text(TextModel),
}

fn train(
    job: &Job<'_>,
    kind: ModelKind,
    base: Option<&Base>,
) -> Result<FineTuned<Trained>, CliError> {
    let config = &job.config;
    let data = &job.data;
    let outputs = data.task.outputs();
    job.device
        .seed(derive_seed(config.seed(), FINETUNE, 0, "weights"));
    if let Some(texts) = &job.texts {
        let model = texts.model(outputs, &job.device)?;
        let tuned = fine_tuned(job, kind, model, &texts.training_data(data)?)?;
        return Ok(tuned.map(Trained::Text));
    }
    let model = match base {
        Some(base) => base.model.clone().into_model(outputs, &job.device)?,
        None => TabularModel::new(config.model(), &data.shape, outputs, &job.device)?,
    };
    let tuned = fine_tuned(job, kind, model, &job.training_data())?;
    Ok(tuned.map(Trained::Table))
}

fn fine_tuned<N: HeadedModel, R: Send + Sync + 'static>(
    job: &Job<'_>,
    kind: ModelKind,
    model: N,
    rows: &TrainingData<N::Inputs, R>,
) -> Result<FineTuned<N>, CliError> {
    let goal = FineTuning {
        task: job.data.task.clone(),
        groups: job.data.schema.clone(),
        loss: total_loss(job, kind)?,
        threshold: job.config.audit().threshold,
        balanced: compared(job),
    };
    let run = job.run(kind.name());
    Ok(finetune(model, goal, rows, &job.finetune(kind), &run)?)
}

fn total_loss(job: &Job<'_>, kind: ModelKind) -> Result<TotalLoss, CliError> {
    let losses = job.context.registry().losses();
    let plain = TotalLoss::new(TaskKind::of(&job.data.task)?);
    job.fairness(kind).iter().try_fold(plain, |loss, fairness| {
        Ok(loss.with_term(losses.term(fairness, &job.data.schema)?)?)
    })
}

/// The positions of the attributes that the fairness losses compare, each once, in the order in
/// which they are named.
fn compared(job: &Job<'_>) -> Vec<usize> {
    let schema = &job.data.schema;
    let named = (job.config.fairness().iter()).flat_map(|fairness| &fairness.groups);
    let mut positions = Vec::new();
    for position in named.filter_map(|name| schema.position(name)) {
        if !positions.contains(&position) {
            positions.push(position);
        }
    }
    positions
}

/// The epoch that was kept.
fn kept(history: &StageHistory) -> Option<&EpochRecord> {
    history
        .epochs
        .iter()
        .find(|record| record.epoch == history.best_epoch)
}

/// Where a model comes from, and whom it was trained to treat alike.
struct Origin {
    groups: Option<GroupSchema>,
    provenance: BTreeMap<String, String>,
}

fn origin(job: &Job<'_>, kind: ModelKind) -> Result<Origin, CliError> {
    let data = &job.data;
    let mut origin = Origin {
        groups: None,
        provenance: BTreeMap::from([
            ("data_sha256".to_owned(), data.sha256.clone()),
            ("seed".to_owned(), job.config.seed().to_string()),
            ("version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        ]),
    };
    let fairness = job.fairness(kind);
    if !fairness.is_empty() {
        origin.groups = Some(data.schema.select(&compared(job)));
        let lambdas = fairness.iter().map(|term| term.lambda.to_string());
        origin.provenance.extend([
            ("fairness_loss".to_owned(), joined(job.loss_names(kind)?)),
            ("lambda".to_owned(), joined(lambdas)),
        ]);
    }
    Ok(origin)
}

fn save(job: &Job<'_>, kind: ModelKind, model: &Trained) -> Result<(), CliError> {
    let Origin { groups, provenance } = origin(job, kind)?;
    let task = job.data.task.clone();
    let threshold = job.config.audit().threshold;
    let folder = job.folder.model(kind.name());
    match model {
        Trained::Table(model) => {
            let encoder = job.data.encoder.clone();
            let mut manifest = ModelManifest::new(job.config.model().clone(), encoder, task);
            manifest.threshold = threshold;
            manifest.groups = groups;
            manifest.provenance = provenance;
            let model = model.clone();
            ModelFolder { manifest, model }.save(&folder)?;
        }
        Trained::Text(model) => {
            let Texts { base, column, .. } = texts(job)?;
            let mut manifest = TextManifest::new(column.clone(), base.windows, base.pooling, task);
            manifest.threshold = threshold;
            manifest.groups = groups;
            manifest.provenance = provenance;
            TextFolder {
                manifest,
                config: base.config.clone(),
                tokenizer: base.tokenizer.clone(),
                model: model.clone(),
            }
            .save(&folder)?;
        }
    }
    Ok(())
}

/// Writes the adapters and the head of a model alone: a small file beside the merged weights.
fn save_adapter(job: &Job<'_>, kind: ModelKind, adapted: &Trained) -> Result<(), CliError> {
    let Strategy::Lora(config) = job.config.finetune().strategy else {
        return Ok(());
    };
    let path = job.folder.model(kind.name()).join("adapter.safetensors");
    match adapted {
        Trained::Table(model) => lora::save(model, &config, &path)?,
        Trained::Text(model) => lora::save(model, &config, &path)?,
    }
    Ok(())
}

fn texts<'a>(job: &'a Job<'_>) -> Result<&'a Texts, CliError> {
    job.texts
        .as_ref()
        .ok_or_else(|| CliError::usage("the data have no texts"))
}

/// The scores of a part.
fn scored(job: &Job<'_>, model: &Trained, part: SplitPart) -> Result<Scores, CliError> {
    let task = &job.data.task;
    match model {
        Trained::Table(model) => {
            let features = job.data.part(part).features();
            Ok(score(model, task, features, &job.device)?)
        }
        Trained::Text(model) => {
            let texts = texts(job)?;
            let rows: Vec<&[Vec<u32>]> = texts.part(part).iter().map(|row| &**row).collect();
            let padding = texts.base.config.pad;
            Ok(score_windows(model, task, &rows, padding, &job.device)?)
        }
    }
}

/// Writes the history of a model into its folder.
///
/// # Errors
///
/// When the file cannot be written.
pub(crate) fn write_history(
    job: &Job<'_>,
    name: &str,
    stages: Vec<StageHistory>,
) -> Result<(), CliError> {
    let (path, bytes) = history_json(name, stages)?;
    job.folder.write(path, &bytes)
}

/// The history of a model as a file: its path in the folder of the run, and its bytes.
///
/// # Errors
///
/// When a value has no form in JSON.
pub(super) fn history_json(
    name: &str,
    stages: Vec<StageHistory>,
) -> Result<(String, Vec<u8>), CliError> {
    let history = TrainingHistory {
        stages,
        ..TrainingHistory::default()
    };
    let bytes = serde_json::to_vec_pretty(&history).map_err(CliError::encode("the history"))?;
    Ok((format!("models/{name}/history.json"), bytes))
}

/// Scores all parts, writes the predictions, and returns the scores of the test part.
fn predict(job: &Job<'_>, name: &str, model: &Trained) -> Result<Scores, CliError> {
    let data = &job.data;
    let scores = SplitPart::ALL
        .into_iter()
        .map(|part| scored(job, model, part))
        .collect::<Result<Vec<_>, _>>()?;
    let parts: Vec<PredictedPart<'_>> = SplitPart::ALL
        .into_iter()
        .zip(&scores)
        .map(|(part, scores)| PredictedPart {
            part,
            examples: data.part(part),
            scores,
        })
        .collect();
    let path = job.folder.path(format!("predictions/{name}.parquet"));
    write_predictions(&path, &data.task, job.config.audit().threshold, &parts)?;
    // The test part is the last.
    scores
        .into_iter()
        .next_back()
        .ok_or_else(|| CliError::usage("there is no test part"))
}

/// The audit of the test part; none for a task without a positive class.
fn audit_test(job: &Job<'_>, scores: &Scores) -> Result<Option<Audit>, CliError> {
    let Scores::Binary(scores) = scores else {
        return Ok(None);
    };
    let test = &job.data.test;
    let labels: Vec<u8> = test
        .targets()
        .iter()
        .map(|target| u8::from(*target >= 0.5))
        .collect();
    // Of a soft attribute, each row counts into each group with its probability.
    let schema = test.groups().schema();
    let places = (0..schema.attributes().len())
        .filter_map(|attribute| Some((attribute, schema.soft_places(attribute)?)));
    let probabilities: Vec<(usize, Vec<&[f64]>)> = places
        .map(|(attribute, places)| {
            let columns = test.memberships().get(places).unwrap_or_default();
            (attribute, columns.iter().map(Vec::as_slice).collect())
        })
        .collect();
    let memberships: Vec<Membership<'_>> = (probabilities.iter())
        .map(|(attribute, probabilities)| Membership {
            attribute: *attribute,
            probabilities,
        })
        .collect();
    let data = AuditData::binary(test.groups(), &labels)
        .with_scores(scores)
        .with_memberships(&memberships);
    Ok(Some(audit(&data, &job.config.audit())?))
}

/// The parts of the total loss as one text.
fn joined(parts: impl IntoIterator<Item = String>) -> String {
    parts.into_iter().collect::<Vec<_>>().join(" + ")
}

/// What is recorded of the fairness losses: of each, its weight and its violation in the epoch
/// that was kept.
fn terms(
    job: &Job<'_>,
    kind: ModelKind,
    kept: Option<&EpochRecord>,
) -> Result<Vec<TermRecord>, CliError> {
    let fairness = job.fairness(kind);
    let names = job.loss_names(kind)?;
    let terms = fairness.iter().zip(names).enumerate();
    Ok(terms
        .map(|(index, (term, loss))| TermRecord {
            loss,
            groups: term.groups.clone(),
            lambda: kept.and_then(|epoch| {
                let of_several = || epoch.train.get(&term_key("lambda", index)).copied();
                epoch.lambda.or_else(of_several)
            }),
            violation: kept.and_then(|epoch| {
                let of_several = epoch.valid.get(&term_key("violation", index));
                let alone = || epoch.valid.get("violation").filter(|_| fairness.len() == 1);
                of_several.or_else(alone).copied()
            }),
        })
        .collect())
}

fn record(
    job: &Job<'_>,
    kind: ModelKind,
    epochs: usize,
    kept: Option<&EpochRecord>,
    found: Option<&Audit>,
) -> Result<ModelRecord, CliError> {
    let names = job.loss_names(kind)?;
    let loss = if names.is_empty() {
        let twice = job.finetune(kind).just_train_twice;
        twice.map(|_| "just-train-twice".to_owned())
    } else {
        Some(joined(names))
    };
    Ok(ModelRecord {
        name: kind.name().to_owned(),
        loss,
        lambda: kept.and_then(|epoch| epoch.lambda),
        terms: terms(job, kind, kept)?,
        epochs,
        parameters: None,
        total_loss: kept.and_then(|epoch| epoch.valid.get("loss").copied()),
        test: found.map(TestSummary::new).unwrap_or_default(),
    })
}
