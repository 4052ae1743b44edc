//! What must hold of every sketch of scores, and of every split of the rows.

use std::{cmp::Ordering, error::Error};

use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema};
use equipoise_metrics::{
    Definition, Estimate, GroupCube, MetricSpec, ScoreDistribution, ScoreSketch, metric,
};
use proptest::prelude::*;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Group, label, prediction and score.
type Row = (u32, u8, u8, f64);

fn row() -> impl Strategy<Value = Row> {
    // Scores that lie close together, on the edges, and anywhere.
    let score = prop_oneof![0.5..0.501, Just(0.0), Just(1.0), 0.0..=1.0];
    (0u32..3, 0u8..2, 0u8..2, score)
}

fn schema() -> Outcome<GroupSchema> {
    let attribute = GroupAttribute::new("group", ["a", "b", "c"])?;
    Ok(GroupSchema::new(vec![attribute])?)
}

fn groups(rows: &[Row]) -> Outcome<GroupColumns> {
    let codes = rows.iter().map(|row| row.0).collect();
    Ok(GroupColumns::new(schema()?, vec![codes])?)
}

fn labels(rows: &[Row]) -> Vec<u8> {
    rows.iter().map(|row| row.1).collect()
}

fn scores(rows: &[Row]) -> Vec<f64> {
    rows.iter().map(|row| row.3).collect()
}

/// The cube and the sketch of some rows.
fn counted(rows: &[Row]) -> Outcome<(GroupCube, ScoreSketch)> {
    let predictions: Vec<u8> = rows.iter().map(|row| row.2).collect();
    let cube = GroupCube::from_rows(&groups(rows)?, &labels(rows), &predictions)?;
    let mut sketch = ScoreSketch::empty(schema()?);
    sketch.update(&groups(rows)?, &labels(rows), &scores(rows))?;
    Ok((cube, sketch))
}

fn merged(
    mut left: (GroupCube, ScoreSketch),
    right: &(GroupCube, ScoreSketch),
) -> Outcome<(GroupCube, ScoreSketch)> {
    left.0.merge(&right.0)?;
    left.1.merge(&right.1)?;
    Ok(left)
}

/// The value of one distribution.
fn value(spec: &MetricSpec, scores: &ScoreDistribution) -> Estimate {
    match spec.definition {
        Definition::Scores { value, .. } => value(scores),
        Definition::RowMean(row) => {
            let bins = scores.bins().iter();
            let sum: f64 = bins
                .map(|bin| {
                    bin.negatives * row(bin.score, false) + bin.positives * row(bin.score, true)
                })
                .sum();
            Ok(sum / scores.rows())
        }
        _ => Ok(f64::NAN),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_split_of_the_rows_counts_the_same(
        rows in prop::collection::vec(row(), 0..60),
        cuts in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
    ) {
        let check = || -> Outcome<()> {
            let whole = counted(&rows)?;
            let (first, second) = (cuts.0.index(rows.len() + 1), cuts.1.index(rows.len() + 1));
            let (first, second) = (first.min(second), first.max(second));
            let a = counted(&rows[..first])?;
            let b = counted(&rows[first..second])?;
            let c = counted(&rows[second..])?;
            let left_first = merged(merged(a.clone(), &b)?, &c)?;
            let right_first = merged(a.clone(), &merged(b.clone(), &c)?)?;
            let reversed = merged(merged(c, &b)?, &a)?;
            assert_eq!(left_first, whole);
            assert_eq!(right_first, whole);
            assert_eq!(reversed, whole);
            let text = serde_json::to_string(&whole)?;
            assert_eq!(serde_json::from_str::<(GroupCube, ScoreSketch)>(&text)?, whole);
            Ok(())
        };
        check().map_err(|error| TestCaseError::fail(error.to_string()))?;
    }

    #[test]
    fn values_lie_within_the_bound(rows in prop::collection::vec(row(), 1..200)) {
        let check = || -> Outcome<()> {
            let (_, sketch) = counted(&rows)?;
            let sketched = sketch.distributions(&[])?;
            let exact = ScoreDistribution::from_rows(&scores(&rows), &labels(&rows))?;
            assert_eq!(sketched[0].rows().total_cmp(&exact.rows()), Ordering::Equal);
            for name in ["mean_score", "brier_score", "roc_auc"] {
                let spec = metric(name)?;
                let bound = ScoreSketch::error_bound(name, &sketched[0]);
                match (value(spec, &sketched[0]), value(spec, &exact)) {
                    (Ok(sketched), Ok(exact)) => {
                        let bound = bound.ok_or("no bound")?;
                        let error = (sketched - exact).abs();
                        assert!(error <= bound + 1e-12, "{name}: {error} above {bound}");
                    }
                    (sketched, exact) => assert_eq!(sketched, exact),
                }
            }
            Ok(())
        };
        check().map_err(|error| TestCaseError::fail(error.to_string()))?;
    }

    #[test]
    fn distances_lie_within_the_bound(rows in prop::collection::vec(row(), 1..100)) {
        let check = || -> Outcome<()> {
            let (_, sketch) = counted(&rows)?;
            let Definition::Distance(distance) = metric("abcc")?.definition else {
                return Err("not a distance".into());
            };
            let of_group = |group: u32| {
                let rows: Vec<Row> = rows.iter().copied().filter(|row| row.0 == group).collect();
                ScoreDistribution::from_rows(&scores(&rows), &labels(&rows))
            };
            let sketched = sketch.distributions(&[0])?;
            let bound = ScoreSketch::error_bound("abcc", &sketched[0]).ok_or("no bound")?;
            match (distance(&sketched[0], &sketched[1]), distance(&of_group(0)?, &of_group(1)?)) {
                (Ok(sketched), Ok(exact)) => assert!((sketched - exact).abs() <= bound + 1e-12),
                (sketched, exact) => assert_eq!(sketched, exact),
            }
            Ok(())
        };
        check().map_err(|error| TestCaseError::fail(error.to_string()))?;
    }
}

#[test]
fn what_is_not_legal_changes_nothing() -> Outcome<()> {
    let rows = [(0, 0, 0, 0.5), (1, 1, 1, 0.75)];
    let (_, mut sketch) = counted(&rows)?;
    let before = sketch.clone();
    let groups = groups(&rows)?;
    let wrong = [
        sketch.update(&groups, &[0, 2], &[0.5, 0.5]),
        sketch.update(&groups, &[0, 1], &[0.5, f64::NAN]),
        sketch.update(&groups, &[0, 1], &[0.5]),
        sketch.update(&groups, &[0], &[0.5]),
        sketch.update(&groups.select(&[]), &[0, 1], &[0.5, 0.5]),
        sketch.merge(&ScoreSketch::empty(GroupSchema::default())),
    ];
    assert!(wrong.iter().all(Result::is_err));
    assert_eq!(sketch, before);
    assert!(sketch.distributions(&[1]).is_err());
    Ok(())
}

#[test]
fn a_sketch_that_is_read_is_checked() -> Outcome<()> {
    let text = serde_json::to_string(&ScoreSketch::empty(schema()?))?;
    let short = text.replace("[[],[],[]]", "[[],[1,2],[]]");
    assert_ne!(short, text);
    let error = serde_json::from_str::<ScoreSketch>(&short)
        .err()
        .ok_or("read")?;
    assert!(error.to_string().contains("counts of a cell of a sketch"));
    Ok(())
}
