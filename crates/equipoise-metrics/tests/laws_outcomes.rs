//! What must hold of audits of every kind of outcome, with weights, entities and soft groups.

use std::error::Error;

use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema};
use equipoise_metrics::{
    Audit, AuditData, AuditOptions, GapInterval, IntervalMethod, LabelColumn, MACRO, MICRO,
    Membership, Method, Record, Scope, audit,
};
use proptest::prelude::*;
use rstest::rstest;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Rows that can stand for any kind of outcome.
#[derive(Debug, Clone)]
struct Rows(Vec<Row>);

#[derive(Debug, Clone, Copy)]
struct Row {
    sex: u32,
    race: u32,
    label: u8,
    prediction: u8,
    score: u8,
    weight: u8,
    entity: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Binary,
    Multiclass,
    Multilabel,
    Regression,
}

const KINDS: [Kind; 4] = [
    Kind::Binary,
    Kind::Multiclass,
    Kind::Multilabel,
    Kind::Regression,
];

/// What is said of the rows beside their outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum With {
    Nothing,
    Weights,
    Entities,
    Memberships,
    All,
}

const WITHS: [With; 5] = [
    With::Nothing,
    With::Weights,
    With::Entities,
    With::Memberships,
    With::All,
];

fn quick() -> AuditOptions {
    AuditOptions {
        replicates: 12,
        ..AuditOptions::default()
    }
}

fn none() -> AuditOptions {
    AuditOptions {
        replicates: 0,
        ..AuditOptions::default()
    }
}

impl Rows {
    fn column<T>(&self, of: impl Fn(&Row) -> T) -> Vec<T> {
        self.0.iter().map(of).collect()
    }

    fn groups_named(&self, sexes: [&str; 2], races: [&str; 3]) -> Outcome<GroupColumns> {
        let schema = GroupSchema::new(vec![
            GroupAttribute::new("sex", sexes)?,
            GroupAttribute::new("race", races)?,
        ])?;
        let codes = vec![self.column(|row| row.sex), self.column(|row| row.race)];
        Ok(GroupColumns::new(schema, codes)?)
    }

    fn groups(&self) -> Outcome<GroupColumns> {
        self.groups_named(["f", "m"], ["A", "B", "C"])
    }

    fn audit(&self, kind: Kind, with: With, options: &AuditOptions) -> Outcome<Audit> {
        self.audit_of(&self.groups()?, kind, with, options)
    }

    /// The probability of the second sex; exactly 0 or 1 for some rows.
    fn audit_of(
        &self,
        groups: &GroupColumns,
        kind: Kind,
        with: With,
        options: &AuditOptions,
    ) -> Outcome<Audit> {
        let male = self.column(|row| f64::from(row.score % 5) / 4.0);
        let female: Vec<f64> = male.iter().map(|p| 1.0 - p).collect();
        let columns = [&female[..], &male[..]];
        let memberships = [Membership {
            attribute: 0,
            probabilities: &columns,
        }];
        let weights = self.column(|row| f64::from(row.weight) / 4.0);
        let entities = self.column(|row| row.entity);
        let has = |part| with == part || with == With::All;
        let add = |data: AuditData<'_>| -> Outcome<Audit> {
            let data = AuditData {
                groups: data.groups,
                outcome: data.outcome,
                weights: has(With::Weights).then_some(&weights[..]),
                entities: has(With::Entities).then_some(&entities[..]),
                memberships: if has(With::Memberships) {
                    &memberships
                } else {
                    &[]
                },
            };
            Ok(audit(&data, options)?)
        };
        let labels = self.column(|row| row.label % 2);
        let predictions = self.column(|row| row.prediction % 2);
        let scores = self.column(|row| f64::from(row.score) / 8.0);
        match kind {
            Kind::Binary => add(AuditData::binary(groups, &labels)
                .with_predictions(&predictions)
                .with_scores(&scores)),
            Kind::Multiclass => {
                let classes = ["c0", "c1", "c2"].map(str::to_owned);
                let labels = self.column(|row| u32::from(row.label));
                let predictions = self.column(|row| u32::from(row.prediction));
                let rest = self.column(|row| 1.0 - f64::from(row.score) / 8.0);
                let halves = self.column(|_| 0.5);
                let columns = [&scores[..], &rest[..], &halves[..]];
                add(AuditData::multiclass(groups, &classes, &labels)
                    .with_class_predictions(&predictions)
                    .with_class_scores(&columns))
            }
            Kind::Multilabel => {
                let second = self.column(|row| u8::from(row.label > 0));
                let outputs = [
                    LabelColumn::new("x", &labels)
                        .with_predictions(&predictions)
                        .with_scores(&scores),
                    LabelColumn::new("y", &second).with_scores(&scores),
                ];
                add(AuditData::multilabel(groups, &outputs))
            }
            Kind::Regression => {
                let labels = self.column(|row| f64::from(row.label) - 0.75);
                let predictions = self.column(|row| f64::from(row.score) / 4.0 - 1.0);
                add(AuditData::regression(groups, &labels, &predictions))
            }
        }
    }
}

fn rows() -> impl Strategy<Value = Rows> {
    let row = (0u32..2, 0u32..3, 0u8..3, 0u8..3, 0u8..=8, 1u8..5, 0u32..9);
    let rows = prop::collection::vec(row, 1..40);
    rows.prop_map(|rows| {
        let rows = rows.into_iter();
        Rows(
            rows.map(
                |(sex, race, label, prediction, score, weight, entity)| Row {
                    sex,
                    race,
                    label,
                    prediction,
                    score,
                    weight,
                    entity,
                },
            )
            .collect(),
        )
    })
}

/// Rows, and the same rows in another order.
fn shuffled() -> impl Strategy<Value = (Rows, Rows)> {
    rows().prop_flat_map(|rows| {
        (
            Just(rows.clone()),
            Just(rows.0).prop_shuffle().prop_map(Rows),
        )
    })
}

fn key(record: &Record) -> String {
    let of = (&record.metric, record.scope, record.method, &record.class);
    format!("{of:?} {:?} {:?}", record.attributes, record.by)
}

/// Metrics whose value is not the same for twice as many rows of each kind: the bandwidth of a
/// density shrinks, and what smoothing adds weighs less.
const DEPENDS_ON_ROWS: [&str; 4] = [
    "count",
    "abpc",
    "bias_amplification",
    "smoothed_differential_fairness",
];

/// Asserts that two audits have the same values and reasons, but for the numbers of rows.
fn assert_same_values(left: &Audit, right: &Audit) {
    assert_eq!(left.records.len(), right.records.len());
    for (left, right) in left.records.iter().zip(&right.records) {
        assert_eq!(key(left), key(right));
        if DEPENDS_ON_ROWS.contains(&left.metric.as_str()) {
            continue;
        }
        match (left.value, right.value) {
            (Some(a), Some(b)) => {
                assert!(
                    (a - b).abs() <= 1e-12 * a.abs().max(1.0),
                    "{}: {a}, {b}",
                    key(left)
                );
            }
            (a, b) => assert_eq!((a, &left.reason), (b, &right.reason), "{}", key(left)),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_order_of_the_rows_changes_nothing((rows, other) in shuffled()) {
        for kind in KINDS {
            for with in WITHS {
                let left = rows.audit(kind, with, &quick()).unwrap();
                let right = other.audit(kind, with, &quick()).unwrap();
                prop_assert_eq!(&left, &right, "{:?} {:?}", kind, with);
            }
        }
    }

    #[test]
    fn the_names_of_groups_change_no_number(rows in rows()) {
        let renamed = rows.groups_named(["x", "y"], ["z", "u", "v"]).unwrap();
        let numbers = |audit: Audit| -> Vec<_> {
            let records = audit.records.into_iter();
            records.map(|r| (r.metric, r.class, r.count, r.value, r.low, r.high, r.reason)).collect()
        };
        for kind in KINDS {
            for with in WITHS {
                let left = rows.audit(kind, with, &quick()).unwrap();
                let right = rows.audit_of(&renamed, kind, with, &quick()).unwrap();
                prop_assert_eq!(numbers(left), numbers(right), "{:?} {:?}", kind, with);
            }
        }
    }

    #[test]
    fn a_weight_counts_as_so_many_rows(rows in rows()) {
        // Weights are quarters of a number: it is the share that counts, and sums are exact.
        let repeated: Vec<Row> = rows.0.iter().flat_map(|row| vec![*row; usize::from(row.weight)]).collect();
        for kind in KINDS {
            let weighted = rows.audit(kind, With::Weights, &none()).unwrap();
            let repeated = Rows(repeated.clone()).audit(kind, With::Nothing, &none()).unwrap();
            assert_same_values(&weighted, &repeated);
        }
    }

    #[test]
    fn equal_weights_change_no_value_and_weights_of_one_nothing(rows in rows(), weight in 1u8..9) {
        for kind in KINDS {
            let plain = rows.audit(kind, With::Nothing, &quick()).unwrap();
            let mut equal = rows.clone();
            for row in &mut equal.0 {
                row.weight = weight;
            }
            let weighted = equal.audit(kind, With::Weights, &quick()).unwrap();
            if weight == 4 {
                prop_assert_eq!(&weighted, &plain);
            }
            assert_same_values(&weighted, &plain);
            for (weighted, plain) in weighted.records.iter().zip(&plain.records) {
                prop_assert_eq!(weighted.count, plain.count);
                // Of weighted rows, the effective number of those outside a group is not known.
                if plain.metric.ends_with("_auc") && plain.metric != "roc_auc" {
                    prop_assert!(weight == 4 || weighted.low.is_none(), "{}", key(plain));
                    continue;
                }
                if let (Some(IntervalMethod::Wilson | IntervalMethod::DeLong), Some(low)) = (plain.interval, plain.low) {
                    prop_assert!((weighted.low.unwrap() - low).abs() < 1e-9, "{}", key(plain));
                }
            }
        }
    }

    #[test]
    fn certain_memberships_are_codes(rows in rows()) {
        let groups = rows.groups().unwrap();
        let column = |sex: u32| rows.column(|row| f64::from(u8::from(row.sex == sex)));
        let (female, male) = (column(0), column(1));
        let columns = [&female[..], &male[..]];
        let soft = [Membership { attribute: 0, probabilities: &columns }];
        // Codes that say nothing, since they are not looked at.
        let codes = vec![vec![0; rows.0.len()], rows.column(|row| row.race)];
        let hidden = GroupColumns::new(groups.schema().clone(), codes).unwrap();
        let (labels, predictions) = (rows.column(|row| row.label % 2), rows.column(|row| row.prediction % 2));
        let scores = rows.column(|row| f64::from(row.score) / 8.0);
        let data = |groups| AuditData::binary(groups, &labels).with_predictions(&predictions).with_scores(&scores);
        let hard = audit(&data(&groups), &none()).unwrap();
        let soft = audit(&data(&hidden).with_memberships(&soft), &none()).unwrap();
        assert_same_values(&soft, &hard);
        prop_assert!(hard.records.iter().zip(&soft.records).all(|(hard, soft)| hard.count == soft.count));
    }

    #[test]
    fn two_classes_are_a_binary_outcome(rows in rows()) {
        let groups = rows.groups().unwrap();
        let classes = ["no", "yes"].map(str::to_owned);
        let (labels, predictions) = (rows.column(|row| row.label % 2), rows.column(|row| row.prediction % 2));
        let wide = |codes: &[u8]| -> Vec<u32> { codes.iter().map(|code| u32::from(*code)).collect() };
        let (wide_labels, wide_predictions) = (wide(&labels), wide(&predictions));
        let binary = audit(&AuditData::binary(&groups, &labels).with_predictions(&predictions), &none()).unwrap();
        let data = AuditData::multiclass(&groups, &classes, &wide_labels).with_class_predictions(&wide_predictions);
        let two = audit(&data, &none()).unwrap();
        for record in &binary.records {
            let mut of_yes = two.records.iter().filter(|other| {
                (&other.metric, other.scope, other.method) == (&record.metric, record.scope, record.method)
                    && (&other.attributes, &other.by) == (&record.attributes, &record.by)
            });
            let whole = of_yes.clone().find(|other| other.class.is_none());
            let of_yes = of_yes.find(|other| other.class.as_deref() == Some("yes"));
            prop_assert!(record.metric == "count" || of_yes.is_some());
            prop_assert!(of_yes.is_none_or(|other| (other.value, &other.reason) == (record.value, &record.reason)), "{}", key(record));
            if let (Some(whole), Some(value)) = (whole.and_then(|whole| whole.value), record.value) {
                prop_assert!((whole - value).abs() < 1e-12, "{}: {whole}, {value}", key(record));
            }
        }
    }
}

fn many(rows: u32) -> Rows {
    let row = |i: u32| {
        let small = |number: u32| u8::try_from(number).unwrap_or_default();
        Row {
            sex: i % 2,
            race: i / 2 % 3,
            label: small(i * 7 % 11 % 3),
            prediction: small(i * 5 % 13 % 3),
            score: small(i * 17 % 9),
            weight: small(1 + i * 3 % 4),
            entity: i,
        }
    };
    Rows((0..rows).map(row).collect())
}

#[rstest]
fn the_number_of_threads_changes_nothing(
    #[values(Kind::Binary, Kind::Multiclass, Kind::Multilabel, Kind::Regression)] kind: Kind,
    #[values(With::Nothing, With::Weights, With::Entities, With::All)] with: With,
) -> Outcome {
    let rows = many(600);
    let on = |threads| -> Outcome<Audit> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()?;
        let audited = pool.install(|| rows.audit(kind, with, &quick()).map_err(|e| e.to_string()));
        Ok(audited?)
    };
    assert_eq!(on(1)?, on(2)?);
    Ok(())
}

/// The interval of the difference of a metric by sex.
fn gap(audit: &Audit, metric: &str) -> Outcome<(f64, f64, Option<IntervalMethod>)> {
    let method = Some(Method::BetweenGroups);
    let record = audit.aggregate(metric, Scope::Difference, &["sex"], method);
    let record = record.ok_or("not audited")?;
    let (low, high) = record.low.zip(record.high).ok_or("no interval")?;
    Ok((low, high, record.interval))
}

#[test]
fn entities_of_one_row_are_rows_and_larger_ones_widen_the_interval() -> Outcome {
    let rows = many(600);
    let options = AuditOptions {
        gaps: GapInterval::Bootstrap,
        ..AuditOptions::default()
    };
    let width = |(low, high, _): (f64, f64, _)| high - low;
    let plain = gap(
        &rows.audit(Kind::Binary, With::Nothing, &options)?,
        "accuracy",
    )?;
    let single = gap(
        &rows.audit(Kind::Binary, With::Entities, &options)?,
        "accuracy",
    )?;
    assert_eq!(plain.2, Some(IntervalMethod::Bootstrap));
    assert_eq!(single.2, Some(IntervalMethod::EntityBootstrap));
    assert!(
        (width(single) / width(plain) - 1.0).abs() < 0.1,
        "{single:?}, {plain:?}"
    );
    // Each row four times over, as rows of one entity: no more is known than before.
    let fourfold = Rows(rows.0.iter().flat_map(|row| [*row; 4]).collect());
    let clustered = gap(
        &fourfold.audit(Kind::Binary, With::Entities, &options)?,
        "accuracy",
    )?;
    let naive = gap(
        &fourfold.audit(Kind::Binary, With::Nothing, &options)?,
        "accuracy",
    )?;
    assert!(
        (width(clustered) / width(plain) - 1.0).abs() < 0.1,
        "{clustered:?}, {plain:?}"
    );
    assert!(
        (width(naive) / width(plain) - 0.5).abs() < 0.1,
        "{naive:?}, {plain:?}"
    );
    Ok(())
}

#[test]
fn weights_of_many_kinds_are_pooled_without_changing_the_interval() -> Outcome {
    // Enough distinct weights that cells are pooled, and the same to few digits, which are not.
    let rows = many(24_000);
    let groups = rows.groups()?;
    let labels = rows.column(|row| row.label % 2);
    let predictions = rows.column(|row| row.prediction % 2);
    let coarse = rows.column(|row| f64::from(row.weight));
    let fine: Vec<f64> = coarse
        .iter()
        .zip(0u32..)
        .map(|(w, i)| w + 1e-7 * f64::from(i))
        .collect();
    let of = |weights: &[f64]| -> Outcome<(f64, f64, Option<IntervalMethod>)> {
        let data = AuditData::binary(&groups, &labels)
            .with_predictions(&predictions)
            .with_weights(weights);
        gap(
            &audit(&data, &AuditOptions::default())?,
            "true_positive_rate",
        )
    };
    let (coarse, fine) = (of(&coarse)?, of(&fine)?);
    let ratio = (fine.1 - fine.0) / (coarse.1 - coarse.0);
    assert!((ratio - 1.0).abs() < 0.1, "{coarse:?}, {fine:?}");
    Ok(())
}

#[test]
fn each_output_is_a_binary_outcome_and_the_means_are_means() -> Outcome {
    let rows = many(300);
    let outputs = rows.audit(Kind::Multilabel, With::Nothing, &quick())?;
    let binary = rows.audit(Kind::Binary, With::Nothing, &quick())?;
    let value = |class| -> Outcome<f64> {
        let record = outputs.overall_of("accuracy", Some(class));
        Ok(record.and_then(|record| record.value).ok_or("no value")?)
    };
    let of_x = outputs
        .overall_of("accuracy", Some("x"))
        .ok_or("not audited")?;
    let of_binary = binary.overall("accuracy").ok_or("not audited")?;
    assert_eq!(
        (of_x.value, of_x.low, of_x.interval),
        (of_binary.value, of_binary.low, of_binary.interval)
    );
    let mean = f64::midpoint(value("x")?, value("y")?);
    assert!((value(MACRO)? - mean).abs() < 1e-12 && (value(MICRO)? - mean).abs() < 1e-12);
    let of_all = outputs
        .overall_of("accuracy", Some(MICRO))
        .ok_or("not audited")?;
    assert_eq!(of_all.interval, Some(IntervalMethod::RowBootstrap));
    Ok(())
}

#[test]
fn a_row_counts_into_each_soft_group_with_its_probability() -> Outcome {
    let schema = GroupSchema::new(vec![GroupAttribute::new("sex", ["f", "m"])?])?;
    let groups = GroupColumns::new(schema, vec![vec![0; 4]])?;
    let (female, male) = ([0.9, 0.5, 0.5, 0.1], [0.1, 0.5, 0.5, 0.9]);
    let columns = [&female[..], &male[..]];
    let memberships = [Membership {
        attribute: 0,
        probabilities: &columns,
    }];
    let data = AuditData::binary(&groups, &[0, 1, 0, 1])
        .with_predictions(&[1, 1, 0, 0])
        .with_memberships(&memberships);
    let audit = audit(&data, &AuditOptions::default())?;
    let rates: Vec<_> = audit.groups("selection_rate", &["sex"]).collect();
    let expected = [0.7, 0.3];
    for (rate, expected) in rates.iter().zip(expected) {
        assert!((rate.value.ok_or("no value")? - expected).abs() < 1e-12);
        assert_eq!(
            (rate.count, rate.interval),
            (Some(2), Some(IntervalMethod::RowBootstrap))
        );
    }
    Ok(())
}

#[test]
fn the_macro_value_of_a_notion_is_the_mean_of_the_gaps_of_its_classes() -> Outcome {
    let audit = many(300).audit(Kind::Multiclass, With::Nothing, &quick())?;
    let value = |class| -> Outcome<f64> {
        let (metric, method) = ("equalized_odds", Some(Method::Max));
        let record = audit.aggregate_of(metric, Scope::Difference, &["race"], method, Some(class));
        Ok(record.and_then(|record| record.value).ok_or("no value")?)
    };
    let mean = (value("c0")? + value("c1")? + value("c2")?) / 3.0;
    assert!((value(MACRO)? - mean).abs() < 1e-12 && mean > 0.0);
    Ok(())
}
