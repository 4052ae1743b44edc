//! Writes a report of made-up numbers: `render_report [PATH]`, or the page of an audit of
//! predictions alone: `render_report PATH --audit [METRIC ...]`.
//!
//! Two models of invented people are audited, one of which treats the groups more alike. Nothing
//! in the report is of real people.

#![expect(clippy::print_stdout, reason = "an example shows its result")]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;

use equipoise_core::profile::{ColumnKind, ColumnProfile, GroupProfile, ProfileSchema, Proxy};
use equipoise_core::{
    DataProfile, EpochRecord, GroupAttribute, GroupColumns, GroupSchema, StageHistory,
    TrainingHistory,
};
use equipoise_metrics::{Audit, AuditData, AuditOptions, audit};
use equipoise_report::{LabelDescription, ModelReport, ReportInput, render};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().map_or_else(
        || PathBuf::from("target/synthetic-report.html"),
        PathBuf::from,
    );
    let people = People::invent(6_000)?;
    let input = match arguments.next().as_deref() {
        None => of_training(&people)?,
        Some("--audit") => of_predictions(&people, arguments.collect())?,
        Some(other) => return Err(format!("`{other}` is not `--audit`").into()),
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(&path, render(&input)?)?;
    println!("{}", path.display());
    Ok(())
}

/// The report of a model of which nothing but its predictions is known.
fn of_predictions(people: &People, metrics: Vec<String>) -> Result<ReportInput, Box<dyn Error>> {
    let options = AuditOptions {
        metrics: (!metrics.is_empty()).then_some(metrics),
        ..AuditOptions::default()
    };
    Ok(ReportInput {
        title: "Audit of invented predictions".to_owned(),
        label: LabelDescription {
            column: "income".to_owned(),
            positive: ">50K".to_owned(),
        },
        group_attributes: vec!["sex".to_owned(), "race".to_owned()],
        models: vec![ModelReport {
            name: "predictions".to_owned(),
            loss: None,
            lambda: None,
            terms: Vec::new(),
            epochs: None,
            history: TrainingHistory::default(),
            audit: audit_of(people, 1.0, &options)?,
        }],
        ..ReportInput::default()
    })
}

/// The report of a run that trained two models.
fn of_training(people: &People) -> Result<ReportInput, Box<dyn Error>> {
    Ok(ReportInput {
        title: "Synthetic example: incomes of invented people".to_owned(),
        label: LabelDescription {
            column: "income".to_owned(),
            positive: ">50K".to_owned(),
        },
        group_attributes: vec!["sex".to_owned(), "race".to_owned()],
        data: Some(people.profile()),
        models: vec![
            model(people, "plain", None, 1.0)?,
            model(people, "fair", Some(1.0), 0.15)?,
        ],
        notes: vec![
            "All numbers of this page are made up to show what a report looks like.".into(),
        ],
        command: Some("cargo run --example render_report -- report.html".to_owned()),
        seed: Some(SEED),
        data_sha256: None,
        version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        config: [
            ("data.source", "invented"),
            ("model.kind", "none: a score with noise"),
            ("fairness.loss", "demographic-parity"),
            ("fairness.lambda", "1.0"),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .to_vec(),
    })
}

const SEED: u64 = 7;
const SEXES: [&str; 2] = ["Female", "Male"];
const RACES: [&str; 5] = [
    "Amer-Indian-Eskimo",
    "Asian-Pac-Islander",
    "Black",
    "Other",
    "White",
];

/// Invented people.
struct People {
    groups: GroupColumns,
    labels: Vec<u8>,
    /// What the label hangs on.
    merit: Vec<f64>,
    /// By how much a careless model shifts the score of a person's groups.
    shift: Vec<f64>,
}

impl People {
    fn invent(count: usize) -> Result<Self, Box<dyn Error>> {
        let mut random = Random(SEED);
        let (mut sexes, mut races) = (Vec::new(), Vec::new());
        let (mut labels, mut merit, mut shift) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..count {
            let sex = u32::from(random.share() < 0.67);
            let race = match random.share() {
                draw if draw < 0.004 => 0,
                draw if draw < 0.04 => 1,
                draw if draw < 0.135 => 2,
                draw if draw < 0.143 => 3,
                _ => 4,
            };
            let worth = random.normal();
            let favour = [-0.9, 0.35][sex as usize] + [-0.3, 0.2, -0.4, -0.2, 0.1][race as usize];
            let odds = 1.9 * worth + 0.6 * favour - 1.3;
            labels.push(u8::from(random.share() < sigmoid(odds)));
            merit.push(worth);
            shift.push(favour);
            sexes.push(sex);
            races.push(race);
        }
        let schema = GroupSchema::new(vec![
            GroupAttribute::new("sex", SEXES)?,
            GroupAttribute::new("race", RACES)?,
        ])?;
        Ok(Self {
            groups: GroupColumns::new(schema, vec![sexes, races])?,
            labels,
            merit,
            shift,
        })
    }

    /// What a file of these people holds.
    fn profile(&self) -> DataProfile {
        let sexes = self.groups.codes(0);
        let races = self.groups.codes(1);
        let mut groups = Vec::new();
        for (code, name) in (0_u32..).zip(SEXES) {
            groups.push(self.group(&[("sex", name)], |row| sexes[row] == code));
        }
        for (code, name) in (0_u32..).zip(RACES) {
            groups.push(self.group(&[("race", name)], |row| races[row] == code));
        }
        for (sex, sex_name) in (0_u32..).zip(SEXES) {
            for (race, race_name) in (0_u32..).zip(RACES) {
                let attributes = [("sex", sex_name), ("race", race_name)];
                groups.push(self.group(&attributes, |row| sexes[row] == sex && races[row] == race));
            }
        }
        DataProfile {
            schema: ProfileSchema::default(),
            rows: self.labels.len(),
            columns: vec![
                ColumnProfile {
                    name: "merit".to_owned(),
                    kind: ColumnKind::Number,
                    missing: 0,
                    distinct: self.labels.len(),
                    min: Some(-3.6),
                    mean: Some(0.004),
                    max: Some(3.7),
                    most_frequent: None,
                },
                ColumnProfile {
                    name: "occupation".to_owned(),
                    kind: ColumnKind::Text,
                    missing: 341,
                    distinct: 14,
                    min: None,
                    mean: None,
                    max: None,
                    most_frequent: Some("Prof-specialty".to_owned()),
                },
            ],
            groups,
            proxies: [
                ("relationship", "sex", 0.42),
                ("occupation", "sex", 0.17),
                ("hours", "sex", 0.05),
            ]
            .map(|(column, attribute, share)| Proxy {
                column: column.to_owned(),
                attribute: attribute.to_owned(),
                normalised_mutual_information: share,
            })
            .to_vec(),
        }
    }

    fn group(&self, attributes: &[(&str, &str)], belongs: impl Fn(usize) -> bool) -> GroupProfile {
        let rows: Vec<usize> = (0..self.labels.len()).filter(|row| belongs(*row)).collect();
        let positives = rows.iter().filter(|row| self.labels[**row] == 1).count();
        GroupProfile {
            attributes: attributes
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            count: rows.len(),
            labelled: Some(rows.len()),
            positives: Some(positives),
            base_rate: (!rows.is_empty()).then(|| positives as f64 / rows.len() as f64),
        }
    }
}

/// The audit of a model that shifts the scores of groups by a share of what a careless one would.
fn audit_of(
    people: &People,
    carelessness: f64,
    options: &AuditOptions,
) -> Result<Audit, Box<dyn Error>> {
    let mut random = Random(SEED + 1);
    let scores: Vec<f64> = people
        .merit
        .iter()
        .zip(&people.shift)
        .map(|(worth, shift)| {
            sigmoid(2.2 * worth + 1.1 * carelessness * shift - 1.4 + 0.4 * random.normal())
        })
        .collect();
    let data = AuditData::binary(&people.groups, &people.labels).with_scores(&scores);
    Ok(audit(&data, options)?)
}

/// A model with its training and its audit.
fn model(
    people: &People,
    name: &str,
    lambda: Option<f64>,
    carelessness: f64,
) -> Result<ModelReport, Box<dyn Error>> {
    Ok(ModelReport {
        name: name.to_owned(),
        loss: lambda.map(|_| "demographic-parity".to_owned()),
        lambda,
        terms: Vec::new(),
        epochs: Some(8),
        history: history(lambda),
        audit: audit_of(people, carelessness, &AuditOptions::default())?,
    })
}

/// Curves that fall as those of real training do.
fn history(lambda: Option<f64>) -> TrainingHistory {
    let stage = |name: &str, epochs: usize, pretraining: bool| StageHistory {
        stage: name.to_owned(),
        epochs: (1..=epochs)
            .map(|epoch| epoch_record(epoch, lambda.filter(|_| !pretraining), pretraining))
            .collect(),
        best_epoch: epochs - 1,
        stopped_early: false,
    };
    TrainingHistory {
        stages: vec![stage("pretrain", 5, true), stage("finetune", 8, false)],
        ..TrainingHistory::default()
    }
}

fn epoch_record(epoch: usize, lambda: Option<f64>, pretraining: bool) -> EpochRecord {
    let left = (-0.5 * epoch as f64).exp();
    let (task, gap) = match lambda {
        Some(_) => (0.345 + 0.2 * left, 0.04 + 0.15 * left),
        None => (0.33 + 0.2 * left, 0.19 - 0.08 * left),
    };
    let mut train = BTreeMap::new();
    let mut valid = BTreeMap::new();
    if pretraining {
        train.insert("loss".to_owned(), 1.1 + 1.4 * left);
        valid.insert("loss".to_owned(), 1.15 + 1.3 * left);
    } else {
        let fairness = lambda.map(|lambda| lambda * gap * gap);
        for (values, more) in [(&mut train, 0.0), (&mut valid, 0.008)] {
            values.insert("task_loss".to_owned(), task + more);
            values.insert("loss".to_owned(), task + more + fairness.unwrap_or(0.0));
            if let Some(fairness) = fairness {
                values.insert("fairness_loss".to_owned(), fairness * (1.0 + 10.0 * more));
            }
        }
        valid.insert("accuracy".to_owned(), 0.858 - 0.3 * (task - 0.33));
        valid.insert("demographic_parity_difference/sex".to_owned(), gap);
        valid.insert(
            "demographic_parity_difference/race".to_owned(),
            0.6 * gap + 0.03,
        );
    }
    EpochRecord {
        epoch,
        learning_rate: 1e-3,
        lambda,
        train,
        valid,
    }
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// `SplitMix64` (Steele, Lea and Flood 2014): enough for made-up people.
struct Random(u64);

impl Random {
    /// A number in `[0, 1)`.
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number of the standard normal distribution (Box and Muller 1958).
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.share()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.share()).cos()
    }
}
