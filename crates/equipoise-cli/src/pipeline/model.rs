//! One model from its base to its audit: fine-tuning, predictions, group metrics.

use std::collections::BTreeMap;

use equipoise_core::{Scores, SplitPart, StageHistory, TrainingHistory};
use equipoise_data::{PredictedPart, write_predictions};
use equipoise_losses::{FairnessConfig, TaskKind, TotalLoss};
use equipoise_metrics::{Audit, AuditData, TestSummary, audit};
use equipoise_models::{ModelFolder, ModelManifest, TabularModel, score};
use equipoise_train::{FineTuning, derive_seed, finetune, finetune::FINETUNE};

use super::{Job, base::Base, record::ModelRecord};
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
        if self.config.fairness().is_some() {
            models.push(ModelKind::Fair);
        }
        models
    }

    /// The fairness loss of a model, where it has one.
    fn fairness(&self, kind: ModelKind) -> Option<&FairnessConfig> {
        self.config.fairness().filter(|_| kind == ModelKind::Fair)
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
        let (model, history) = self.measure_training(kind.name(), |job| train(job, kind, base))?;
        self.measure("audit", |job| {
            let name = kind.name();
            save(job, kind, &model)?;
            let epochs = history.epochs.len();
            let total_loss = best_loss(&history);
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
            record(job, kind, epochs, total_loss, found.as_ref())
        })
    }
}

fn train(
    job: &Job<'_>,
    kind: ModelKind,
    base: Option<&Base>,
) -> Result<(TabularModel, StageHistory), CliError> {
    let config = &job.config;
    let data = &job.data;
    let outputs = data.task.outputs();
    job.device
        .seed(derive_seed(config.seed(), FINETUNE, 0, "weights"));
    let model = match base {
        Some(base) => base.model.clone().into_model(outputs, &job.device)?,
        None => TabularModel::new(config.model(), &data.shape, outputs, &job.device)?,
    };
    Ok(finetune(
        model,
        FineTuning {
            task: data.task.clone(),
            groups: data.schema.clone(),
            loss: total_loss(job, kind)?,
            threshold: config.audit().threshold,
        },
        &job.training_data(),
        config.finetune(),
        &job.run(kind.name()),
    )?)
}

fn total_loss(job: &Job<'_>, kind: ModelKind) -> Result<TotalLoss, CliError> {
    let loss = TotalLoss::new(TaskKind::of(&job.data.task)?);
    let Some(fairness) = job.fairness(kind) else {
        return Ok(loss);
    };
    let term = job
        .context
        .registry()
        .losses()
        .term(fairness, &job.data.schema)?;
    Ok(loss.with_term(term)?)
}

/// The validation loss of the epoch that was kept: the total that was minimised.
fn best_loss(history: &StageHistory) -> Option<f64> {
    history
        .epochs
        .iter()
        .find(|record| record.epoch == history.best_epoch)
        .and_then(|record| record.valid.get("loss").copied())
}

fn save(job: &Job<'_>, kind: ModelKind, model: &TabularModel) -> Result<(), CliError> {
    let config = &job.config;
    let data = &job.data;
    let mut manifest = ModelManifest::new(
        config.model().clone(),
        data.encoder.clone(),
        data.task.clone(),
    );
    manifest.threshold = config.audit().threshold;
    manifest.provenance = BTreeMap::from([
        ("data_sha256".to_owned(), data.sha256.clone()),
        ("seed".to_owned(), config.seed().to_string()),
        ("version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
    ]);
    if let Some(fairness) = job.fairness(kind) {
        let positions: Vec<usize> = fairness
            .groups
            .iter()
            .filter_map(|name| data.schema.position(name))
            .collect();
        manifest.groups = Some(data.schema.select(&positions));
        let loss = job.context.registry().losses().build(fairness)?;
        manifest.provenance.extend([
            ("fairness_loss".to_owned(), loss.name().to_owned()),
            ("lambda".to_owned(), fairness.lambda.to_string()),
        ]);
    }
    let folder = ModelFolder {
        manifest,
        model: model.clone(),
    };
    Ok(folder.save(&job.folder.model(kind.name()))?)
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
    let history = TrainingHistory {
        stages,
        ..TrainingHistory::default()
    };
    let bytes = serde_json::to_vec_pretty(&history).map_err(CliError::encode("the history"))?;
    job.folder
        .write(format!("models/{name}/history.json"), &bytes)
}

/// Scores all parts, writes the predictions, and returns the scores of the test part.
fn predict(job: &Job<'_>, name: &str, model: &TabularModel) -> Result<Scores, CliError> {
    let data = &job.data;
    let scores = SplitPart::ALL
        .into_iter()
        .map(|part| score(model, &data.task, data.part(part).features(), &job.device))
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
    let data = AuditData::binary(test.groups(), &labels).with_scores(scores);
    Ok(Some(audit(&data, &job.config.audit())?))
}

fn record(
    job: &Job<'_>,
    kind: ModelKind,
    epochs: usize,
    total_loss: Option<f64>,
    found: Option<&Audit>,
) -> Result<ModelRecord, CliError> {
    let fairness = job.fairness(kind);
    let losses = job.context.registry().losses();
    let loss = fairness
        .map(|fairness| Ok::<_, CliError>(losses.build(fairness)?.name().to_owned()))
        .transpose()?;
    Ok(ModelRecord {
        name: kind.name().to_owned(),
        loss,
        lambda: fairness.map(|fairness| fairness.lambda),
        epochs,
        total_loss,
        test: found.map(TestSummary::new).unwrap_or_default(),
    })
}
