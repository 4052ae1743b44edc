//! Training epoch by epoch: the losses, the accuracy and the gaps.

use equipoise_core::{EpochRecord, StageHistory, history::term_key};

use super::canvas::{Axis, Curve, PlaneChart, Scale, theme};
use super::{Dash, Figure, LegendEntry, Place, PlotSpec, Subject};
use crate::input::{FAIRNESS_LOSS, FairnessTerm, ModelReport, term_weight, weight_moves};
use crate::number;

/// The registry's line.
pub(super) const SPEC: PlotSpec = PlotSpec {
    name: "training-curves",
    place: Place::Training,
    draw,
};

/// The quantities of fine-tuning that have a name of their own, in order.
const QUANTITIES: &[(&str, &str, Scale)] = &[
    ("loss", "Total loss", Scale::Number),
    ("task_loss", "Task loss", Scale::Number),
    (FAIRNESS_LOSS, "Fairness loss", Scale::Number),
    ("accuracy", "Accuracy", Scale::Share),
];

fn draw(subject: &Subject<'_>) -> Vec<Figure> {
    let mut figures = Vec::new();
    figures.extend(figure(
        subject,
        "pretrain",
        "pretrain-loss",
        &of_key("loss"),
        "Pretraining loss",
        Scale::Number,
    ));
    for (key, title, scale) in QUANTITIES {
        figures.extend(figure(
            subject,
            "finetune",
            &key.replace('_', "-"),
            &of_key(key),
            title,
            *scale,
        ));
    }
    for (index, attribute) in subject.input.group_attributes.iter().enumerate() {
        figures.extend(figure(
            subject,
            "finetune",
            &format!("gap-{index}"),
            &of_key(&format!("demographic_parity_difference/{attribute}")),
            &format!("Demographic parity difference by {attribute}"),
            Scale::Points,
        ));
    }
    figures.extend(figure(
        subject,
        "finetune",
        "violation",
        &of_key("violation"),
        "Violation that is to come within its target",
        Scale::Points,
    ));
    figures.extend(weight_figure(
        subject,
        "lambda",
        |epoch| epoch.lambda,
        "Weight of the fairness loss (lambda)",
    ));
    for (index, term) in several_terms(subject).iter().enumerate() {
        figures.extend(term_figures(subject, index, term));
    }
    figures
}

/// The fairness losses of the first model that has several.
fn several_terms<'a>(subject: &Subject<'a>) -> &'a [FairnessTerm] {
    let mut models = subject.input.models.iter().map(ModelReport::several_terms);
    models.find(|terms| !terms.is_empty()).unwrap_or_default()
}

/// The value, the violation and the weight of one of several fairness losses.
fn term_figures(subject: &Subject<'_>, index: usize, term: &FairnessTerm) -> Vec<Figure> {
    let words = term.in_words();
    let number = index + 1;
    let of_value = |value: &str, id: &str, title: &str, scale| {
        let key = term_key(value, index);
        let id = format!("{id}-{number}");
        figure(subject, "finetune", &id, &of_key(&key), title, scale)
    };
    let loss = of_value(
        FAIRNESS_LOSS,
        "fairness-loss",
        &format!("Fairness loss {words}"),
        Scale::Number,
    );
    let violation = of_value(
        "violation",
        "violation",
        &format!("Violation that is to come within its target, {words}"),
        Scale::Points,
    );
    let weight = weight_figure(
        subject,
        &format!("lambda-{number}"),
        |epoch| term_weight(epoch, index),
        &format!("Weight of {words} (lambda)"),
    );
    [loss, violation, weight].into_iter().flatten().collect()
}

/// A weight by epoch; one that stands still is said in the table.
fn weight_figure(
    subject: &Subject<'_>,
    id: &str,
    weight: impl Fn(&EpochRecord) -> Option<f64>,
    title: &str,
) -> Option<Figure> {
    let moves = (stages(subject, "finetune").iter()).any(|(_, stage)| weight_moves(stage, &weight));
    let read = |_: &ModelReport, epoch: &EpochRecord| (None, weight(epoch));
    moves
        .then(|| figure(subject, "finetune", id, &read, title, Scale::Number))
        .flatten()
}

/// The value of an epoch of a model on the training part and on the validation part.
type Reader<'a> = dyn Fn(&ModelReport, &EpochRecord) -> (Option<f64>, Option<f64>) + 'a;

/// Reads what the history has under a name. A model without a fairness loss has no curve of it:
/// a zero would say that it is perfectly fair.
fn of_key(key: &str) -> impl Fn(&ModelReport, &EpochRecord) -> (Option<f64>, Option<f64>) {
    move |model, epoch| {
        if key == FAIRNESS_LOSS && model.loss.is_none() {
            return (None, None);
        }
        (epoch.train.get(key).copied(), epoch.valid.get(key).copied())
    }
}

/// The last stage of a name of each model that has one. Where all models share one pretraining,
/// it is there once.
fn stages<'a>(subject: &Subject<'a>, name: &str) -> Vec<(usize, &'a StageHistory)> {
    let all: Vec<(usize, &StageHistory)> = subject
        .input
        .models
        .iter()
        .enumerate()
        .filter_map(|(model, report)| {
            let stage = report
                .history
                .stages
                .iter()
                .rev()
                .find(|s| s.stage == name)?;
            Some((model, stage))
        })
        .collect();
    if name == "pretrain"
        && all
            .windows(2)
            .all(|pair| pair[0].1.epochs == pair[1].1.epochs)
    {
        all.into_iter().take(1).collect()
    } else {
        all
    }
}

fn figure(
    subject: &Subject<'_>,
    stage: &str,
    id: &str,
    read: &Reader<'_>,
    title: &str,
    scale: Scale,
) -> Option<Figure> {
    let stages = stages(subject, stage);
    let shared = stage == "pretrain" && stages.len() == 1 && subject.input.models.len() > 1;
    let mut curves = Vec::new();
    let mut legend = Vec::new();
    let mut words = Vec::new();
    for (model, history) in stages {
        let name = if shared {
            "shared by all models".to_owned()
        } else {
            subject.input.models[model].name.clone()
        };
        let of_part = |train: bool| -> Vec<(f64, f64)> {
            history
                .epochs
                .iter()
                .filter_map(|epoch| {
                    let (of_train, of_valid) = read(&subject.input.models[model], epoch);
                    let value = if train { of_train } else { of_valid }?;
                    value.is_finite().then_some((epoch.epoch as f64, value))
                })
                .collect()
        };
        for (part, train) in [("training", true), ("validation", false)] {
            let points = of_part(train);
            let (Some(first), Some(last)) = (points.first(), points.last()) else {
                continue;
            };
            let part = if id.starts_with("lambda") { "" } else { part };
            let text = [name.as_str(), part]
                .into_iter()
                .filter(|word| !word.is_empty())
                .collect::<Vec<_>>()
                .join(", ");
            words.push(format!(
                "{text}: from {} to {}.",
                told(scale, first.1),
                told(scale, last.1)
            ));
            let series = theme::series(model);
            legend.push(LegendEntry {
                text,
                color: series.color,
                outline: (!train).then_some(series.outline),
                line: Some(if train { Dash::Dashed } else { Dash::Whole }),
            });
            curves.push(Curve {
                model,
                points,
                dashed: train,
                marked: !train,
            });
        }
    }
    if curves.is_empty() {
        return None;
    }
    let id = format!("{}-{id}", SPEC.name);
    let all = || curves.iter().flat_map(|curve| curve.points.iter());
    let x = Axis::covering("Epoch", Scale::Whole, all().map(|(x, _)| *x));
    // The title says what is drawn; the axis says only in what.
    let unit = if scale == Scale::Points { "points" } else { "" };
    let y = Axis::covering(unit, scale, all().map(|(_, y)| *y));
    let alternative = format!("{title} by epoch. {}", words.join(" "));
    Some(Figure {
        svg: PlaneChart {
            x,
            y,
            curves,
            points: Vec::new(),
        }
        .draw(&id, &alternative),
        id,
        title: title.to_owned(),
        part: if stage == "pretrain" {
            "Pretraining".to_owned()
        } else {
            "Fine-tuning".to_owned()
        },
        caption: String::new(),
        legend,
    })
}

/// A value as the alternative text tells it.
fn told(scale: Scale, value: f64) -> String {
    match scale {
        Scale::Share => number::Unit::Percent.value(value),
        Scale::Points => number::Unit::Points.value(value),
        _ => number::significant(value),
    }
}
