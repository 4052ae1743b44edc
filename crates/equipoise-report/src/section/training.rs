//! How each model was trained, as tables.

use equipoise_core::{StageHistory, history::term_key};

use crate::input::{FAIRNESS_LOSS, ModelReport, ReportInput, term_weight, weight_moves};
use crate::number;
use crate::vocabulary::{capitalised, in_words};

/// The most columns of the table of one stage.
const QUANTITIES: [(&str, &str); 4] = [
    ("loss", "Total loss"),
    ("task_loss", "Task loss"),
    (FAIRNESS_LOSS, "Fairness loss"),
    ("violation", "Violation"),
];

/// The key of the weight of the fairness loss, which is of no part.
const LAMBDA: &str = "lambda";

/// One line of the overview: one stage of one model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StageRow {
    /// The model.
    pub(crate) model: String,
    /// The stage.
    pub(crate) stage: String,
    /// The fairness loss of the model, for fine-tuning.
    pub(crate) loss: String,
    /// Its weight.
    pub(crate) lambda: String,
    /// How many epochs were run.
    pub(crate) epochs: String,
    /// The epoch whose weights were kept.
    pub(crate) best_epoch: String,
    /// The total loss of that epoch on the training part.
    pub(crate) train_loss: String,
    /// The total loss of that epoch on the validation part.
    pub(crate) valid_loss: String,
    /// Whether training went on to its last epoch.
    pub(crate) ended: &'static str,
}

/// The epochs of one stage of one model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EpochTable {
    /// What it is of.
    pub(crate) caption: String,
    /// The names of the columns behind the epoch.
    pub(crate) columns: Vec<String>,
    /// The epoch and its values.
    pub(crate) rows: Vec<(usize, Vec<String>)>,
}

/// The overview of all stages of all models. A model without a history has one line with what is
/// known of it; where nothing is known of any training, there is no line.
pub(crate) fn stages(input: &ReportInput) -> Vec<StageRow> {
    if !input.is_of_training() {
        return Vec::new();
    }
    input
        .models
        .iter()
        .flat_map(|model| {
            if model.history.stages.is_empty() {
                vec![without_history(model)]
            } else {
                model
                    .history
                    .stages
                    .iter()
                    .map(|stage| of_stage(model, stage))
                    .collect()
            }
        })
        .collect()
}

/// The tables of all epochs.
pub(crate) fn epochs(input: &ReportInput) -> Vec<EpochTable> {
    input
        .models
        .iter()
        .flat_map(|model| {
            model
                .history
                .stages
                .iter()
                .map(|stage| of_epochs(model, stage))
        })
        .filter(|table| !table.rows.is_empty())
        .collect()
}

fn without_history(model: &ModelReport) -> StageRow {
    StageRow {
        model: model.name.clone(),
        stage: "no history".to_owned(),
        loss: loss(model),
        lambda: lambda(model, model.lambda),
        epochs: model.epochs.map_or_else(none, |epochs| epochs.to_string()),
        best_epoch: none(),
        train_loss: none(),
        valid_loss: none(),
        ended: "not known",
    }
}

fn of_stage(model: &ModelReport, stage: &StageHistory) -> StageRow {
    let kept = stage
        .epochs
        .iter()
        .find(|epoch| epoch.epoch == stage.best_epoch);
    let tuning = stage.stage != "pretrain";
    StageRow {
        model: model.name.clone(),
        stage: stage_name(&stage.stage),
        loss: if tuning { loss(model) } else { none() },
        lambda: if tuning {
            let weight = kept.and_then(|epoch| epoch.lambda);
            lambda(model, weight.or(model.lambda))
        } else {
            none()
        },
        epochs: stage.epochs.len().to_string(),
        best_epoch: if kept.is_some() {
            stage.best_epoch.to_string()
        } else {
            none()
        },
        train_loss: optional(kept.and_then(|epoch| epoch.train.get("loss").copied())),
        valid_loss: optional(kept.and_then(|epoch| epoch.valid.get("loss").copied())),
        ended: if stage.stopped_early {
            "early"
        } else {
            "in full"
        },
    }
}

fn of_epochs(model: &ModelReport, stage: &StageHistory) -> EpochTable {
    let mut readers: Vec<(String, bool, String)> = Vec::new();
    // Without a fairness loss, a column of zeros would say that the model is perfectly fair.
    let shown = |key: &str| key != FAIRNESS_LOSS || model.loss.is_some();
    for (key, label) in QUANTITIES.into_iter().filter(|(key, _)| shown(key)) {
        for (train, part) in [(true, "training"), (false, "validation")] {
            readers.push((key.to_owned(), train, format!("{label}, {part}")));
        }
    }
    if weight_moves(stage, |epoch| epoch.lambda) {
        readers.push((LAMBDA.to_owned(), false, "Lambda".to_owned()));
    }
    for (index, term) in model.several_terms().iter().enumerate() {
        let words = term.in_words();
        for (value, train, label) in [
            (FAIRNESS_LOSS, false, "Fairness loss"),
            ("violation", true, "Violation in training"),
            ("violation", false, "Violation in validation"),
        ] {
            let key = term_key(value, index);
            readers.push((key, train, format!("{label}, {words}")));
        }
        if weight_moves(stage, |epoch| term_weight(epoch, index)) {
            let key = term_key(LAMBDA, index);
            readers.push((key, true, format!("Lambda, {words}")));
        }
    }
    let mut others: Vec<&String> = stage
        .epochs
        .iter()
        .flat_map(|epoch| epoch.valid.keys())
        .filter(|key| key.as_str() == "accuracy" || key.contains("_difference/"))
        .collect();
    others.sort();
    others.dedup();
    for key in others {
        let words = capitalised(&in_words(key).replace('/', " by "));
        readers.push((key.clone(), false, format!("{words}, validation")));
    }
    let value = |epoch: &equipoise_core::EpochRecord, key: &str, train: bool| {
        if key == LAMBDA {
            return epoch.lambda;
        }
        let values = if train { &epoch.train } else { &epoch.valid };
        values.get(key).copied()
    };
    readers.retain(|(key, train, _)| {
        stage
            .epochs
            .iter()
            .any(|epoch| value(epoch, key, *train).is_some())
    });
    EpochTable {
        caption: format!(
            "{}, {}",
            model.name,
            stage_name(&stage.stage).to_lowercase()
        ),
        columns: readers.iter().map(|(_, _, label)| label.clone()).collect(),
        rows: stage
            .epochs
            .iter()
            .map(|epoch| {
                let values = readers
                    .iter()
                    .map(|(key, train, _)| optional(value(epoch, key, *train)))
                    .collect();
                (epoch.epoch, values)
            })
            .collect(),
    }
}

fn stage_name(stage: &str) -> String {
    match stage {
        "pretrain" => "Pretraining".to_owned(),
        "finetune" => "Fine-tuning".to_owned(),
        other => other.to_owned(),
    }
}

fn loss(model: &ModelReport) -> String {
    model.loss.clone().unwrap_or_else(|| "none".to_owned())
}

/// The weight of the fairness loss, or those of several in their order.
fn lambda(model: &ModelReport, weight: Option<f64>) -> String {
    match model.several_terms() {
        [] => optional(weight),
        terms => {
            let weights: Vec<String> = terms.iter().map(|term| optional(term.lambda)).collect();
            weights.join(" + ")
        }
    }
}

fn optional(value: Option<f64>) -> String {
    value
        .filter(|value| value.is_finite())
        .map_or_else(none, number::significant)
}

fn none() -> String {
    "–".to_owned()
}
