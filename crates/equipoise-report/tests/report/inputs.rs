//! Small inputs, made by hand.

use std::collections::BTreeMap;

use equipoise_core::profile::{ColumnKind, ColumnProfile, GroupProfile, ProfileSchema, Proxy};
use equipoise_core::{
    DataProfile, EpochRecord, GroupAttribute, GroupColumns, GroupSchema, StageHistory,
    TrainingHistory,
};
use equipoise_metrics::{
    Attributes, Audit, AuditData, AuditOptions, AuditSchema, Convention, IntervalMethod, Method,
    Record, Scope,
};
use equipoise_report::{LabelDescription, ModelReport, ReportInput};

/// A value with the half width of its interval.
pub(crate) type Number = Option<(f64, f64)>;

/// The rates of one group: selection rate, true and false positive rate, accuracy.
pub(crate) struct Rates<'a> {
    pub(crate) group: &'a [(&'a str, &'a str)],
    pub(crate) count: u64,
    pub(crate) values: [Number; 4],
}

const RATES: [&str; 4] = [
    "selection_rate",
    "true_positive_rate",
    "false_positive_rate",
    "accuracy",
];

fn record(metric: &str, scope: Scope, number: Number, method: IntervalMethod) -> Record {
    Record {
        value: number.map(|(value, _)| value),
        low: number.map(|(value, half)| value - half),
        high: number.map(|(value, half)| value + half),
        reason: number
            .is_none()
            .then(|| "no row has a positive label".to_owned()),
        interval: number.map(|_| method),
        ..Record::new(metric, scope)
    }
}

/// An audit of groups, with the gaps of each set of attributes.
pub(crate) fn audit(
    attributes: &[&str],
    overall: [Number; 4],
    groups: &[Rates<'_>],
    gaps: &[(&[&str], &str, Number)],
) -> Audit {
    let mut records = Vec::new();
    for (metric, number) in RATES.iter().zip(overall) {
        records.push(Record {
            attributes: Some(Attributes::default()),
            count: Some(groups.iter().map(|group| group.count).sum()),
            ..record(metric, Scope::Overall, number, IntervalMethod::Wilson)
        });
    }
    for group in groups {
        for (metric, number) in RATES.iter().zip(group.values) {
            let pairs = group
                .group
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect();
            records.push(Record {
                attributes: Some(Attributes(pairs)),
                count: Some(group.count),
                ..record(metric, Scope::Group, number, IntervalMethod::Wilson)
            });
        }
    }
    for (by, metric, number) in gaps {
        let (scope, method) = match *metric {
            "accuracy" => (Scope::Min, None),
            "equalized_odds" => (Scope::Difference, Some(Method::Max)),
            _ => (Scope::Difference, Some(Method::BetweenGroups)),
        };
        records.push(Record {
            by: Some(by.iter().map(|name| (*name).to_owned()).collect()),
            method,
            ..record(metric, scope, *number, IntervalMethod::Bootstrap)
        });
    }
    Audit {
        schema: AuditSchema::default(),
        rows: 1000,
        convention: Convention::default(),
        confidence: 0.95,
        min_count: 30,
        min_count_excludes: false,
        attributes: attributes.iter().map(|name| (*name).to_owned()).collect(),
        strata: Vec::new(),
        records,
        notes: vec!["a note of the audit".to_owned()],
    }
}

/// The rates of one group, with intervals of two points each way.
pub(crate) fn rates<'a>(
    group: &'a [(&'a str, &'a str)],
    count: u64,
    values: [f64; 4],
) -> Rates<'a> {
    Rates {
        group,
        count,
        values: values.map(|value| Some((value, 0.02))),
    }
}

pub(crate) fn model(
    name: &str,
    loss: Option<&str>,
    audit: Audit,
    history: TrainingHistory,
) -> ModelReport {
    ModelReport {
        name: name.to_owned(),
        loss: loss.map(str::to_owned),
        lambda: loss.map(|_| 1.0),
        terms: Vec::new(),
        epochs: Some(2),
        history,
        audit,
    }
}

pub(crate) fn history(lambda: Option<f64>) -> TrainingHistory {
    let epoch = |number: usize, loss: f64| EpochRecord {
        epoch: number,
        learning_rate: 1e-3,
        lambda,
        train: BTreeMap::from([
            ("loss".to_owned(), loss),
            ("task_loss".to_owned(), 0.9 * loss),
        ]),
        valid: BTreeMap::from([
            ("loss".to_owned(), 1.1 * loss),
            ("accuracy".to_owned(), 1.0 - loss),
            ("demographic_parity_difference/sex".to_owned(), 0.4 * loss),
        ]),
    };
    let stage = |name: &str, first: f64| StageHistory {
        stage: name.to_owned(),
        epochs: vec![epoch(1, first), epoch(2, 0.75 * first)],
        best_epoch: 2,
        stopped_early: name == "finetune",
    };
    TrainingHistory {
        stages: vec![stage("pretrain", 2.0), stage("finetune", 0.4)],
        ..TrainingHistory::default()
    }
}

pub(crate) fn profile() -> DataProfile {
    let group = |attributes: &[(&str, &str)], count: usize, positives: usize| GroupProfile {
        attributes: attributes
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        count,
        labelled: Some(count),
        positives: Some(positives),
        base_rate: (count > 0).then(|| positives as f64 / count as f64),
    };
    DataProfile {
        schema: ProfileSchema::default(),
        rows: 5000,
        columns: vec![
            ColumnProfile {
                name: "age".to_owned(),
                kind: ColumnKind::Number,
                missing: 0,
                distinct: 60,
                min: Some(17.0),
                mean: Some(38.581),
                max: Some(90.0),
                most_frequent: None,
            },
            ColumnProfile {
                name: "work".to_owned(),
                kind: ColumnKind::Text,
                missing: 183,
                distinct: 7,
                min: None,
                mean: None,
                max: None,
                most_frequent: Some("Private".to_owned()),
            },
        ],
        groups: vec![
            group(&[("sex", "Female")], 1700, 187),
            group(&[("sex", "Male")], 3300, 990),
            group(&[("sex", "Other")], 0, 0),
        ],
        proxies: vec![Proxy {
            column: "relationship".to_owned(),
            attribute: "sex".to_owned(),
            normalised_mutual_information: 0.4213,
        }],
    }
}

/// Two models, two attributes, a small group, an empty intersection, and a rate without a value.
pub(crate) fn two_models() -> ReportInput {
    let of_model = |female: f64, gap: Number, odds: Number, accuracy: f64| {
        let at = |value: f64| Some((value, 0.01));
        audit(
            &["sex", "race"],
            [at(0.2), at(0.6), at(0.08), at(accuracy)],
            &[
                rates(&[("sex", "Female")], 330, [female, 0.5, 0.04, 0.92]),
                rates(&[("sex", "Male")], 670, [0.26, 0.65, 0.1, 0.81]),
                rates(&[("race", "Black")], 976, [0.2, 0.6, 0.08, accuracy]),
                Rates {
                    group: &[("race", "White")],
                    count: 24,
                    values: [
                        Some((0.25, 0.15)),
                        None,
                        Some((0.1, 0.09)),
                        Some((0.8, 0.15)),
                    ],
                },
                rates(
                    &[("sex", "Female"), ("race", "Black")],
                    330,
                    [female, 0.5, 0.04, 0.92],
                ),
                Rates {
                    group: &[("sex", "Female"), ("race", "White")],
                    count: 0,
                    values: [None; 4],
                },
                rates(
                    &[("sex", "Male"), ("race", "Black")],
                    646,
                    [0.26, 0.65, 0.1, 0.81],
                ),
                rates(
                    &[("sex", "Male"), ("race", "White")],
                    24,
                    [0.25, 0.6, 0.1, 0.8],
                ),
            ],
            &[
                (&["sex"], "demographic_parity", gap),
                (&["sex"], "equalized_odds", odds),
                (&["sex"], "accuracy", Some((0.81, 0.02))),
                (&["race"], "demographic_parity", Some((0.05, 0.04))),
                (&["race"], "equal_opportunity", None),
                (&["sex", "race"], "demographic_parity", gap),
            ],
        )
    };
    ReportInput {
        title: "Income, adults".to_owned(),
        label: LabelDescription {
            column: "income".to_owned(),
            positive: ">50K".to_owned(),
        },
        group_attributes: vec!["sex".to_owned(), "race".to_owned()],
        data: Some(profile()),
        models: vec![
            model(
                "plain",
                None,
                of_model(0.069, Some((0.191, 0.016)), Some((0.15, 0.04)), 0.852),
                history(None),
            ),
            model(
                "fair",
                Some("demographic-parity"),
                of_model(0.228, Some((0.032, 0.02)), Some((0.21, 0.05)), 0.841),
                history(Some(1.0)),
            ),
        ],
        notes: vec!["The test part was looked at once.".to_owned()],
        command: Some("equipoise run configs/adult.toml".to_owned()),
        seed: Some(7),
        data_sha256: Some("9f86d081884c7d65".to_owned()),
        version: Some("0.1.0".to_owned()),
        config: vec![("model.kind".to_owned(), "mlp".to_owned())],
    }
}

/// One model whose only attribute has so many groups.
pub(crate) fn many_groups(count: usize) -> ReportInput {
    let names: Vec<String> = (0..count)
        .map(|index| format!("district {index}"))
        .collect();
    let pairs: Vec<[(&str, &str); 1]> = names
        .iter()
        .map(|name| [("district", name.as_str())])
        .collect();
    let groups: Vec<Rates<'_>> = pairs
        .iter()
        .enumerate()
        .map(|(index, pair)| {
            let rate = 0.1 + 0.5 * index as f64 / count as f64;
            rates(pair, 100 + index as u64, [rate; 4])
        })
        .collect();
    let audit = audit(
        &["district"],
        [Some((0.3, 0.01)); 4],
        &groups,
        &[(&["district"], "demographic_parity", Some((0.5, 0.1)))],
    );
    ReportInput {
        title: "Many groups".to_owned(),
        label: LabelDescription {
            column: "granted".to_owned(),
            positive: "yes".to_owned(),
        },
        group_attributes: vec!["district".to_owned()],
        models: vec![model("only", None, audit, TrainingHistory::default())],
        ..ReportInput::default()
    }
}

/// How a made-up model predicts.
#[derive(Clone, Copy)]
pub(crate) enum Predicts {
    /// More often positive for men.
    Unevenly,
    /// Equally often for both.
    Evenly,
    /// The same for everybody.
    Always(u8),
}

/// The report of predictions of which nothing else is known, for 80 people; all metrics where
/// none are named.
pub(crate) fn predictions(metrics: &[&str], predicts: Predicts) -> ReportInput {
    let rows = 0..80_u32;
    let sexes: Vec<u32> = rows.clone().map(|row| row % 2).collect();
    let labels: Vec<u8> = rows.clone().map(|row| u8::from(row % 5 < 2)).collect();
    let predictions: Vec<u8> = rows
        .map(|row| match predicts {
            Predicts::Unevenly => u8::from(row % 5 < 2 + row % 2 && row % 3 < 2),
            Predicts::Evenly => u8::from(row % 4 < 2),
            Predicts::Always(prediction) => prediction,
        })
        .collect();
    let attribute = GroupAttribute::new("sex", ["Female", "Male"]).expect("two values");
    let schema = GroupSchema::new(vec![attribute]).expect("one attribute");
    let groups = GroupColumns::new(schema, vec![sexes]).expect("known codes");
    let audit = equipoise_metrics::audit(
        &AuditData::binary(&groups, &labels).with_predictions(&predictions),
        &AuditOptions {
            metrics: (!metrics.is_empty())
                .then(|| metrics.iter().map(|name| (*name).to_owned()).collect()),
            replicates: 200,
            ..AuditOptions::default()
        },
    )
    .expect("legal rows and known metrics");
    predictions_of(audit)
}

/// The report of a model that tells three classes apart, for 90 people: women of `shelter` are
/// often taken for `street`.
pub(crate) fn of_classes() -> ReportInput {
    let rows = 0..90_u32;
    let sexes: Vec<u32> = rows.clone().map(|row| row % 2).collect();
    let labels: Vec<u32> = rows.clone().map(|row| row / 2 % 3).collect();
    let predictions: Vec<u32> = (rows.zip(&labels))
        .map(|(row, &label)| match (label, row % 2, row % 5) {
            (1, 0, 0..=2) => 2,
            (0, 1, 0) => 1,
            _ => label,
        })
        .collect();
    let attribute = GroupAttribute::new("sex", ["Female", "Male"]).expect("two values");
    let schema = GroupSchema::new(vec![attribute]).expect("one attribute");
    let groups = GroupColumns::new(schema, vec![sexes]).expect("known codes");
    let classes = ["home", "shelter", "street"].map(str::to_owned);
    let data = AuditData::multiclass(&groups, &classes, &labels);
    let options = AuditOptions {
        metrics: Some(
            [
                "accuracy",
                "selection_rate",
                "true_positive_rate",
                "demographic_parity",
            ]
            .map(str::to_owned)
            .to_vec(),
        ),
        replicates: 200,
        ..AuditOptions::default()
    };
    let audit = equipoise_metrics::audit(&data.with_class_predictions(&predictions), &options)
        .expect("legal rows and known metrics");
    let mut input = predictions_of(audit);
    input.label = LabelDescription {
        column: "sleeps".to_owned(),
        positive: String::new(),
    };
    input
}

/// The report of predictions of which nothing but an audit is known.
fn predictions_of(audit: Audit) -> ReportInput {
    ReportInput {
        title: "Audit of decisions.csv".to_owned(),
        label: LabelDescription {
            column: "granted".to_owned(),
            positive: "yes".to_owned(),
        },
        group_attributes: vec!["sex".to_owned()],
        models: vec![ModelReport {
            name: "predictions".to_owned(),
            loss: None,
            lambda: None,
            terms: Vec::new(),
            epochs: None,
            history: TrainingHistory::default(),
            audit,
        }],
        ..ReportInput::default()
    }
}

/// What someone would write who wants to break out of the page.
pub(crate) const HOSTILE: &str = "<script>alert('x')</script>\"'&{{ 7 }}{% raw %} --> ]]> $a$ \u{0} \
                           url(#kuva-clip-1) and so long that no axis could ever hold it";

/// [`two_models`], with a hostile text wherever one can stand.
pub(crate) fn hostile() -> ReportInput {
    let mut input = two_models();
    let text = || HOSTILE.to_owned();
    input.title = text();
    input.label = LabelDescription {
        column: text(),
        positive: text(),
    };
    input.group_attributes = vec![text(), "race".to_owned()];
    input.notes = vec![text()];
    input.command = Some(text());
    input.config = vec![(text(), text())];
    for (index, model) in input.models.iter_mut().enumerate() {
        model.name = format!("{HOSTILE} {index}");
        model.loss = Some(text());
        model.audit.notes = vec![text()];
        for record in &mut model.audit.records {
            let named = |name: &mut String| {
                if name == "sex" {
                    *name = text();
                }
            };
            record.reason = record.reason.as_ref().map(|_| text());
            for name in record.by.iter_mut().flatten() {
                named(name);
            }
            for (name, value) in record.attributes.iter_mut().flat_map(|a| &mut a.0) {
                named(name);
                value.push_str(HOSTILE);
            }
        }
        for stage in &mut model.history.stages {
            for epoch in &mut stage.epochs {
                epoch
                    .valid
                    .insert(format!("{HOSTILE}_difference/{HOSTILE}"), 0.1);
            }
        }
    }
    if let Some(data) = &mut input.data {
        for column in &mut data.columns {
            column.name = text();
            column.most_frequent = Some(text());
        }
        for group in &mut data.groups {
            for (name, value) in &mut group.attributes {
                *name = text();
                value.push_str(HOSTILE);
            }
        }
        for proxy in &mut data.proxies {
            proxy.column = text();
            proxy.attribute = text();
        }
    }
    input
}
