//! What must hold of every cube, every metric and every audit.

use std::error::Error;

use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema};
use equipoise_metrics::{
    Audit, AuditData, AuditOptions, Confusion, Definition, GroupCube, METRICS, Record, Replicates,
    Scope, ScoreDistribution, audit, bootstrap, two_sided_quantile, wilson,
};
use proptest::prelude::*;
use rstest::rstest;

type Outcome<T> = Result<T, Box<dyn Error>>;

const RACES: [&str; 3] = ["A", "B", "C"];

#[derive(Debug, Clone)]
struct Rows {
    sex: Vec<u32>,
    race: Vec<u32>,
    labels: Vec<u8>,
    predictions: Vec<u8>,
    scores: Vec<f64>,
}

impl Rows {
    fn groups(&self) -> Outcome<GroupColumns> {
        self.groups_named(["f", "m"], RACES)
    }

    fn groups_named(&self, sexes: [&str; 2], races: [&str; 3]) -> Outcome<GroupColumns> {
        let schema = GroupSchema::new(vec![
            GroupAttribute::new("sex", sexes)?,
            GroupAttribute::new("race", races)?,
        ])?;
        let codes = vec![self.sex.clone(), self.race.clone()];
        Ok(GroupColumns::new(schema, codes)?)
    }

    fn cube(&self) -> Outcome<GroupCube> {
        let cube = GroupCube::from_rows(&self.groups()?, &self.labels, &self.predictions)?;
        Ok(cube)
    }

    fn audit(&self, options: &AuditOptions) -> Outcome<Audit> {
        self.audit_of(&self.groups()?, options)
    }

    fn audit_of(&self, groups: &GroupColumns, options: &AuditOptions) -> Outcome<Audit> {
        let data = AuditData::binary(groups, &self.labels)
            .with_predictions(&self.predictions)
            .with_scores(&self.scores);
        Ok(audit(&data, options)?)
    }

    fn take(&self, rows: &[usize]) -> Self {
        fn pick<T: Copy>(values: &[T], rows: &[usize]) -> Vec<T> {
            rows.iter().map(|&row| values[row]).collect()
        }
        Self {
            sex: pick(&self.sex, rows),
            race: pick(&self.race, rows),
            labels: pick(&self.labels, rows),
            predictions: pick(&self.predictions, rows),
            scores: pick(&self.scores, rows),
        }
    }
}

/// Rows with scores that are often tied, in groups that are often empty or of one class.
fn rows() -> impl Strategy<Value = Rows> {
    let row = (0u32..2, 0u32..3, 0u8..2, 0u8..2, 0u8..=8);
    prop::collection::vec(row, 1..60).prop_map(|rows| Rows {
        sex: rows.iter().map(|row| row.0).collect(),
        race: rows.iter().map(|row| row.1).collect(),
        labels: rows.iter().map(|row| row.2).collect(),
        predictions: rows.iter().map(|row| row.3).collect(),
        scores: rows.iter().map(|row| f64::from(row.4) / 8.0).collect(),
    })
}

fn quick() -> AuditOptions {
    AuditOptions {
        replicates: 20,
        ..AuditOptions::default()
    }
}

fn key(record: &Record) -> String {
    let Record {
        metric,
        scope,
        attributes,
        by,
        method,
        ..
    } = record;
    format!("{metric} {scope:?} {attributes:?} {by:?} {method:?}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn merging_is_associative_and_commutative(a in rows(), b in rows(), c in rows()) {
        let (a, b, c) = (a.cube().unwrap(), b.cube().unwrap(), c.cube().unwrap());
        let merged = |left: &GroupCube, right: &GroupCube| {
            let mut sum = left.clone();
            sum.merge(right).unwrap();
            sum
        };
        prop_assert_eq!(merged(&a, &b), merged(&b, &a));
        prop_assert_eq!(merged(&merged(&a, &b), &c), merged(&a, &merged(&b, &c)));
    }

    #[test]
    fn any_split_of_the_rows_gives_the_same_cube(rows in rows(), parts in prop::collection::vec(0usize..4, 60)) {
        let mut sum = GroupCube::empty(rows.groups().unwrap().schema().clone());
        for part in 0..4 {
            let of_part: Vec<usize> = (0..rows.labels.len()).filter(|&row| parts[row] == part).collect();
            sum.merge(&rows.take(&of_part).cube().unwrap()).unwrap();
        }
        prop_assert_eq!(sum, rows.cube().unwrap());
    }

    #[test]
    fn a_cube_counts_each_row_once_however_it_is_rolled_up(rows in rows()) {
        let cube = rows.cube().unwrap();
        let mut counts = vec![0u64; 24];
        for row in 0..rows.labels.len() {
            let cell = 3 * rows.sex[row] + rows.race[row];
            counts[(4 * cell) as usize + usize::from(2 * rows.labels[row] + rows.predictions[row])] += 1;
        }
        prop_assert_eq!(cube.as_slice(), &counts);
        let race = cube.roll_up(&[1]).unwrap();
        for code in 0..3 {
            let both = (0..4).map(|i| counts[4 * code + i] + counts[4 * (3 + code) + i]);
            prop_assert_eq!(race.counts(code).to_vec(), both.collect::<Vec<_>>());
        }
        let swapped = cube.roll_up(&[1, 0]).unwrap();
        prop_assert_eq!(swapped.roll_up(&[1, 0]).unwrap(), cube.clone());
        prop_assert_eq!(cube.roll_up(&[]).unwrap().confusion(0), cube.overall());
    }

    #[test]
    fn the_order_of_the_rows_changes_nothing(
        (rows, order) in rows().prop_flat_map(|rows| {
            let order: Vec<usize> = (0..rows.labels.len()).collect();
            (Just(rows), Just(order).prop_shuffle())
        })
    ) {
        prop_assert_eq!(rows.audit(&quick()).unwrap(), rows.take(&order).audit(&quick()).unwrap());
    }

    #[test]
    fn the_names_of_groups_change_no_number(rows in rows()) {
        let strip = |audit: Audit| -> Vec<_> {
            let records = audit.records.into_iter();
            records.map(|r| (r.metric, r.value, r.low, r.high, r.reason)).collect()
        };
        let renamed = rows.groups_named(["x", "y"], ["z", "u", "v"]).unwrap();
        prop_assert_eq!(strip(rows.audit(&quick()).unwrap()), strip(rows.audit_of(&renamed, &quick()).unwrap()));
    }

    #[test]
    fn the_order_of_groups_changes_no_gap(rows in rows()) {
        let mut turned = rows.clone();
        for code in &mut turned.race {
            *code = (*code + 1) % 3;
        }
        let groups = turned.groups_named(["f", "m"], [RACES[2], RACES[0], RACES[1]]).unwrap();
        let mut expected = rows.audit(&quick()).unwrap().records;
        let mut found = turned.audit_of(&groups, &quick()).unwrap().records;
        expected.sort_by_key(key);
        found.sort_by_key(key);
        for (expected, found) in expected.iter().zip(&found) {
            prop_assert_eq!(key(expected), key(found));
            prop_assert_eq!(expected.value, found.value, "{}", key(expected));
        }
    }

    #[test]
    fn every_value_has_its_range_its_interval_or_its_reason(rows in rows()) {
        for record in rows.audit(&quick()).unwrap().records {
            let spec = METRICS.iter().find(|spec| spec.name == record.metric).unwrap();
            prop_assert_eq!(record.value.is_none(), record.reason.is_some());
            prop_assert_eq!(record.low.is_some(), record.interval.is_some());
            let Some(value) = record.value else {
                prop_assert!(record.low.is_none() && record.high.is_none());
                continue;
            };
            let (from, to) = match record.scope {
                Scope::Difference => (0.0, f64::INFINITY),
                Scope::Ratio => (0.0, 1.0),
                _ => spec.range,
            };
            prop_assert!((from..=to).contains(&value), "{} is {value}", key(&record));
            if let (Some(low), Some(high)) = (record.low, record.high) {
                prop_assert!(low <= value && value <= high, "{}: {low} {value} {high}", key(&record));
                prop_assert!(from <= low && high <= to, "{}: {low} {high}", key(&record));
                prop_assert!(low < high, "{}: {low} would pass for certain", key(&record));
            }
        }
    }

    #[test]
    fn an_aggregate_names_each_group_that_has_rows_and_no_value(rows in rows(), excludes: bool) {
        let options = AuditOptions { min_count: Some(5), min_count_excludes: excludes, ..quick() };
        let audit = rows.audit(&options).unwrap();
        let aggregates = audit.records.iter().filter(|record| record.by.is_some());
        for record in aggregates {
            let spec = METRICS.iter().find(|spec| spec.name == record.metric).unwrap();
            let parts: Vec<&str> = match spec.definition {
                Definition::Parity(parts) => parts.iter().map(|part| part.name).collect(),
                _ => vec![spec.name],
            };
            let by: Vec<&str> = record.by.iter().flatten().map(String::as_str).collect();
            let mut expected: Vec<_> = parts
                .iter()
                .flat_map(|part| audit.groups(part, &by))
                .filter(|group| group.value.is_none())
                .filter(|group| group.count.unwrap() >= if excludes { 5 } else { 1 })
                .map(|group| group.attributes.clone().unwrap())
                .collect();
            expected.sort();
            expected.dedup();
            let mut found = record.without_value.clone();
            found.sort();
            prop_assert_eq!(found, expected, "{}", key(record));
        }
    }

    #[test]
    fn groups_treated_alike_have_no_gap(counts in (1usize..4, 1usize..4, 1usize..4, 1usize..4)) {
        let mut rows = Rows { sex: vec![], race: vec![], labels: vec![], predictions: vec![], scores: vec![] };
        for cell in 0..6 {
            for (index, count) in [counts.0, counts.1, counts.2, counts.3].into_iter().enumerate() {
                for _ in 0..count {
                    rows.sex.push(cell / 3);
                    rows.race.push(cell % 3);
                    rows.labels.push(u8::from(index >= 2));
                    rows.predictions.push(u8::from(index % 2 == 1));
                    rows.scores.push([0.1, 0.7, 0.3, 0.9][index]);
                }
            }
        }
        let audit = rows.audit(&quick()).unwrap();
        let ideal = audit.records.iter().filter(|r| matches!(r.scope, Scope::Difference | Scope::Ratio) && r.metric != "count");
        for record in ideal {
            let spec = METRICS.iter().find(|spec| spec.name == record.metric).unwrap();
            if record.reason.is_some() {
                continue;
            }
            let (value, ideal) = (record.value.unwrap(), spec.ideal_for(record.scope).unwrap());
            prop_assert!((value - ideal).abs() < 1e-12, "{} is {value}", key(record));
        }
    }

    #[test]
    fn wilson_holds_the_rate_and_shrinks(hits in 0u32..50, more in 0u32..50) {
        let (hits, trials) = (f64::from(hits), f64::from(hits + more + 1));
        let z = two_sided_quantile(0.95);
        let small = wilson(hits, trials, z).unwrap();
        let large = wilson(4.0 * hits, 4.0 * trials, z).unwrap();
        prop_assert!(0.0 <= small.low && small.low <= hits / trials && hits / trials <= small.high && small.high <= 1.0);
        prop_assert!(large.high - large.low < small.high - small.low);
    }

    #[test]
    fn the_area_under_the_curve_and_its_error_are_those_of_all_pairs(rows in rows()) {
        let spec = METRICS.iter().find(|spec| spec.name == "roc_auc").unwrap();
        let Definition::Scores { value, standard_error: Some(error) } = spec.definition else { unreachable!() };
        let scores = ScoreDistribution::from_rows(&rows.scores, &rows.labels).unwrap();
        let of = |label| -> Vec<f64> {
            let pairs = rows.scores.iter().zip(&rows.labels);
            pairs.filter(|(_, l)| **l == label).map(|(score, _)| *score).collect()
        };
        let (negatives, positives) = (of(0), of(1));
        prop_assume!(negatives.len() > 1 && positives.len() > 1);
        let wins = |p: f64, n: f64| f64::from(u8::from(p > n)) + 0.5 * f64::from(u8::from(p.to_bits() == n.to_bits()));
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let squared_error = |values: &[f64]| {
            let squares: f64 = values.iter().map(|v| (v - mean(values)).powi(2)).sum();
            squares / (values.len() - 1) as f64 / values.len() as f64
        };
        let of_positives: Vec<f64> = positives.iter().map(|&p| mean(&negatives.iter().map(|&n| wins(p, n)).collect::<Vec<_>>())).collect();
        let of_negatives: Vec<f64> = negatives.iter().map(|&n| mean(&positives.iter().map(|&p| wins(p, n)).collect::<Vec<_>>())).collect();
        prop_assert!((value(&scores).unwrap() - mean(&of_positives)).abs() < 1e-12);
        let expected = (squared_error(&of_positives) + squared_error(&of_negatives)).sqrt();
        prop_assert!((error(&scores).unwrap() - expected).abs() < 1e-12);
    }

    #[test]
    fn the_area_between_score_distributions_is_a_distance(a in rows(), b in rows(), c in rows()) {
        let spec = METRICS.iter().find(|spec| spec.name == "abcc").unwrap();
        let Definition::Distance(distance) = spec.definition else { unreachable!() };
        let [a, b, c] = [a, b, c].map(|rows| ScoreDistribution::from_rows(&rows.scores, &rows.labels).unwrap());
        let of = |x, y| distance(x, y).unwrap();
        prop_assert!(of(&a, &a).abs() < 1e-12);
        prop_assert!((of(&a, &b) - of(&b, &a)).abs() < 1e-12);
        prop_assert!(of(&a, &c) <= of(&a, &b) + of(&b, &c) + 1e-12);
    }
}

#[test]
fn rows_beyond_one_block_and_one_task_are_counted_once() {
    let count = 700_001;
    let rows = Rows {
        sex: (0..count).map(|i| i % 2).collect(),
        race: (0..count).map(|i| i % 3).collect(),
        labels: (0..count).map(|i| u8::from(i % 5 == 0)).collect(),
        predictions: (0..count).map(|i| u8::from(i % 7 == 0)).collect(),
        scores: Vec::new(),
    };
    let mut expected = vec![0u64; 24];
    for row in 0..rows.labels.len() {
        let cell = 3 * rows.sex[row] + rows.race[row];
        expected
            [(4 * cell) as usize + usize::from(2 * rows.labels[row] + rows.predictions[row])] += 1;
    }
    assert_eq!(rows.cube().unwrap().as_slice(), expected);
}

#[test]
fn the_first_wrong_row_is_named_on_any_number_of_threads() {
    let mut labels = vec![0; 700_001];
    labels[300_000] = 3;
    labels[600_000] = 2;
    let rows = Rows {
        sex: vec![0; labels.len()],
        race: vec![0; labels.len()],
        predictions: vec![0; labels.len()],
        labels,
        scores: Vec::new(),
    };
    let error =
        GroupCube::from_rows(&rows.groups().unwrap(), &rows.labels, &rows.predictions).unwrap_err();
    assert_eq!(
        error.to_string(),
        "label of row 300000 (counted from 0) is 3, and only 0 and 1 are legal"
    );
}

fn many_rows(factor: u32) -> Rows {
    let indices = 0..400 * factor;
    Rows {
        sex: indices.clone().map(|i| i % 2).collect(),
        race: indices.clone().map(|i| i / 2 % 3).collect(),
        labels: indices.clone().map(|i| u8::from(i % 5 < 2)).collect(),
        predictions: indices.clone().map(|i| u8::from(i % 7 < 3)).collect(),
        scores: indices.map(|i| f64::from(i % 11) / 11.0).collect(),
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.unwrap()
            .install(|| many_rows(1000).audit(&AuditOptions::default()).unwrap())
    };
    assert_eq!(on(1), on(2));
}

#[test]
fn bootstrap_intervals_shrink_with_the_number_of_rows() {
    let width = |rows: Rows| {
        let audit = rows.audit(&AuditOptions::default()).unwrap();
        let gap = audit.aggregate("f1", Scope::Max, &["sex"], None).unwrap();
        gap.high.unwrap() - gap.low.unwrap()
    };
    let (small, large) = (width(many_rows(1)), width(many_rows(100)));
    assert!(large < 0.2 * small, "{large} against {small}");
}

#[test]
fn the_bootstrap_of_a_rate_is_as_wide_as_theory_says() {
    let replicates = Replicates {
        count: 4000,
        seed: 1,
    };
    let rate = |counts: &[u64]| vec![Ok(counts[1] as f64 / (counts[0] + counts[1]) as f64)];
    let [found] = bootstrap(&[700, 300], replicates, 0.95, 1, rate)[..] else {
        unreachable!()
    };
    let interval = found.interval.unwrap();
    let half = 1.96 * (0.3f64 * 0.7 / 1000.0).sqrt();
    assert!((interval.low - (0.3 - half)).abs() < 0.003, "{interval:?}");
    assert!((interval.high - (0.3 + half)).abs() < 0.003, "{interval:?}");
}

#[test]
fn the_seed_moves_the_bootstrap_and_nothing_else() {
    let audit = |seed| {
        let options = AuditOptions {
            seed,
            ..AuditOptions::default()
        };
        many_rows(1).audit(&options).unwrap()
    };
    let (first, second) = (audit(1), audit(2));
    assert_ne!(first, second);
    let values = |audit: &Audit| -> Vec<_> { audit.records.iter().map(|r| r.value).collect() };
    assert_eq!(values(&first), values(&second));
}

#[test]
fn every_spec_is_complete_and_every_file_registered() {
    for (index, spec) in METRICS.iter().enumerate() {
        assert!(METRICS[..index].iter().all(|m| m.name != spec.name));
        for text in [
            spec.name,
            spec.title,
            spec.summary,
            spec.formula,
            spec.paper,
        ] {
            assert!(!text.is_empty(), "{}", spec.name);
        }
        assert!(spec.range.0 < spec.range.1, "{}", spec.name);
        if let Some(ideal) = spec.ideal {
            assert!(
                spec.range.0 <= ideal && ideal <= spec.range.1,
                "{}",
                spec.name
            );
        }
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/metrics");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|file| file != "mod.rs")
        .collect();
    let mut names: Vec<String> = METRICS.iter().map(|m| format!("{}.rs", m.name)).collect();
    files.sort();
    names.sort();
    assert_eq!(files, names);
}

#[test]
fn wilson_is_as_published() {
    // Newcombe 1998, table I: 81 of 263 and 0 of 20.
    let z = two_sided_quantile(0.95);
    for (hits, trials, low, high) in [(81.0, 263.0, 0.2553, 0.3662), (0.0, 20.0, 0.0, 0.1611)] {
        let interval = wilson(hits, trials, z).unwrap();
        assert!((interval.low - low).abs() < 5e-5, "{interval:?}");
        assert!((interval.high - high).abs() < 5e-5, "{interval:?}");
    }
}

#[rstest]
#[case(11.0, 10.0, 1.96)]
#[case(-1.0, 10.0, 1.96)]
#[case(0.0, 0.0, 1.96)]
#[case(1.0, -2.0, 1.96)]
#[case(f64::NAN, 10.0, 1.96)]
#[case(1.0, f64::NAN, 1.96)]
#[case(1.0, f64::INFINITY, 1.96)]
#[case(f64::INFINITY, f64::INFINITY, 1.96)]
#[case(1.0, 10.0, f64::NAN)]
#[case(1.0, 10.0, f64::INFINITY)]
#[case(1.0, 10.0, -1.0)]
#[case(1.0, 10.0, 1e200)]
fn what_is_no_proportion_has_no_interval(#[case] hits: f64, #[case] trials: f64, #[case] z: f64) {
    assert_eq!(wilson(hits, trials, z), None);
}

#[rstest]
fn what_is_no_confidence_has_no_quantile_and_no_percentiles(
    #[values(-1.0, 0.0, 1.0, 5.0, f64::NAN)] confidence: f64,
) {
    assert!(two_sided_quantile(confidence).is_nan());
    let replicates = Replicates { count: 9, seed: 1 };
    let first = |counts: &[u64]| vec![Ok(counts[0] as f64)];
    let found = bootstrap(&[7, 3], replicates, confidence, 1, first);
    assert_eq!(found[0].interval, None);
}

/// A perfect model reaches the ideal of every metric that has one.
#[rstest]
fn a_perfect_model_is_ideal(#[values(1.0, 7.0)] each: f64) {
    let counts = Confusion {
        true_positives: each,
        true_negatives: 2.0 * each,
        ..Confusion::default()
    };
    let scores = ScoreDistribution::from_rows(&[0.0, 0.0, 1.0], &[0, 0, 1]).unwrap();
    for spec in METRICS {
        let value = match spec.definition {
            Definition::Rate(rate) => rate(&counts).value(),
            Definition::Counts { value, .. } => value(&counts),
            Definition::Scores { value, .. } => value(&scores),
            Definition::RowMean(row) => Ok(row(0.0, false) + row(1.0, true)),
            _ => continue,
        };
        if let Some(ideal) = spec.ideal {
            assert!((value.unwrap() - ideal).abs() < 1e-9, "{}", spec.name);
        }
    }
}

#[test]
fn a_cube_and_an_audit_read_back_as_they_were_written() {
    let rows = many_rows(1);
    let text = serde_json::to_string(&rows.cube().unwrap()).unwrap();
    assert_eq!(
        serde_json::from_str::<GroupCube>(&text).unwrap(),
        rows.cube().unwrap()
    );
    let audit = rows.audit(&quick()).unwrap();
    let text = serde_json::to_string(&audit).unwrap();
    assert_eq!(serde_json::from_str::<Audit>(&text).unwrap(), audit);
    let mut older = serde_json::to_value(&audit).unwrap();
    let removed = older.as_object_mut().unwrap().remove("min_count_excludes");
    assert_eq!(removed, Some(false.into()));
    assert_eq!(serde_json::from_value::<Audit>(older).unwrap(), audit);
}

#[test]
fn a_cube_with_a_count_too_few_does_not_read() {
    let mut value = serde_json::to_value(many_rows(1).cube().unwrap()).unwrap();
    value["counts"].as_array_mut().unwrap().pop();
    let error = serde_json::from_value::<GroupCube>(value).unwrap_err();
    assert_eq!(error.to_string(), "expected 24 counts of a cube, found 23");
}
