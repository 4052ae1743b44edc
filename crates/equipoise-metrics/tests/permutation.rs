//! Permutation tests: against enumeration, under the null, and where they condition.

use std::error::Error;

use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema};
use equipoise_metrics::{Audit, AuditData, AuditOptions, Correction, Method, Record, Scope, audit};
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Groups given by their counts `[label][prediction]`.
fn audited(groups: &[[usize; 4]], options: &AuditOptions) -> Outcome<Audit> {
    let (mut codes, mut labels, mut predictions) = (Vec::new(), Vec::new(), Vec::new());
    for (code, counts) in (0u32..).zip(groups) {
        for (kind, &count) in counts.iter().enumerate() {
            codes.extend(std::iter::repeat_n(code, count));
            labels.extend(std::iter::repeat_n(u8::from(kind >= 2), count));
            predictions.extend(std::iter::repeat_n(u8::from(kind % 2 == 1), count));
        }
    }
    let names = (0..groups.len()).map(|group| format!("g{group}"));
    let schema = GroupSchema::new(vec![GroupAttribute::new("a", names)?])?;
    let groups = GroupColumns::new(schema, vec![codes])?;
    let data = AuditData {
        groups: &groups,
        labels: &labels,
        predictions: Some(&predictions),
        scores: None,
    };
    Ok(audit(&data, options)?)
}

fn options(permutations: usize) -> AuditOptions {
    AuditOptions {
        permutations,
        replicates: 0,
        ..AuditOptions::default()
    }
}

fn p_value(audit: &Audit, metric: &str, method: Method) -> Outcome<f64> {
    let record = audit.aggregate(metric, Scope::Difference, &["a"], Some(method));
    let p_value = record.and_then(|record| record.p_value);
    Ok(p_value.ok_or("not tested")?)
}

fn binomial(n: usize, k: usize) -> f64 {
    (0..k).map(|i| (n - i) as f64 / (i + 1) as f64).product()
}

/// The probability that the rates of two groups lie at least as far apart as they do, when the
/// hits fall on the rows at random.
fn exact(hits: [usize; 2], trials: [usize; 2]) -> f64 {
    let gap = |first: usize| {
        let second = hits[0] + hits[1] - first;
        (first as f64 / trials[0] as f64 - second as f64 / trials[1] as f64).abs()
    };
    let all: usize = hits.iter().sum();
    let possible = all.saturating_sub(trials[1])..=all.min(trials[0]);
    let ways = |first: usize| binomial(trials[0], first) * binomial(trials[1], all - first);
    let total: f64 = possible.clone().map(ways).sum();
    let as_large = possible.filter(|&first| gap(first) >= gap(hits[0]) - 1e-12);
    as_large.map(ways).sum::<f64>() / total
}

#[test]
fn p_values_are_those_of_all_permutations() {
    const PERMUTATIONS: usize = 20_000;
    let (a, b) = ([7, 4, 2, 9], [11, 3, 6, 3]);
    let audit = audited(&[a, b], &options(PERMUTATIONS)).unwrap();
    let of = |hits: fn(&[usize; 4]) -> usize, trials: fn(&[usize; 4]) -> usize| {
        exact([hits(&a), hits(&b)], [trials(&a), trials(&b)])
    };
    for (metric, expected) in [
        (
            "demographic_parity",
            of(|c| c[1] + c[3], |c| c.iter().sum()),
        ),
        ("accuracy", of(|c| c[0] + c[3], |c| c.iter().sum())),
        // Among the rows of one label, and of one prediction.
        ("true_positive_rate", of(|c| c[3], |c| c[2] + c[3])),
        ("predictive_equality", of(|c| c[1], |c| c[0] + c[1])),
        ("precision", of(|c| c[3], |c| c[1] + c[3])),
        ("false_omission_rate", of(|c| c[2], |c| c[0] + c[2])),
    ] {
        let found = p_value(&audit, metric, Method::BetweenGroups).unwrap();
        let error = (expected * (1.0 - expected) / PERMUTATIONS as f64).sqrt();
        assert!(
            (found - expected).abs() < 4.0 * error + 1e-4,
            "{metric}: {found} {expected}"
        );
    }
}

#[test]
fn an_audit_tests_differences_of_counts_and_nothing_else() {
    let audit = audited(&[[7, 4, 2, 9], [11, 3, 6, 3], [5, 5, 5, 5]], &options(19)).unwrap();
    for record in &audit.records {
        let tested = record.scope == Scope::Difference && record.metric != "count";
        assert_eq!(record.p_value.is_some(), tested, "{record:?}");
        assert_eq!(record.adjusted_p_value.is_some(), tested);
        if let (Some(plain), Some(adjusted)) = (record.p_value, record.adjusted_p_value) {
            assert!(0.05 <= plain && plain <= adjusted && adjusted <= 1.0);
        }
    }
    let tests = audit
        .records
        .iter()
        .filter(|record| record.p_value.is_some())
        .count();
    let note = format!("p-values are corrected for the {tests} tests of this audit");
    assert!(audit.notes.contains(&note), "{:?}", audit.notes);
    let plain = AuditOptions {
        correction: Correction::None,
        ..options(19)
    };
    let audit = audited(&[[7, 4, 2, 9], [11, 3, 6, 3]], &plain).unwrap();
    assert!(
        audit
            .records
            .iter()
            .all(|record| record.adjusted_p_value.is_none())
    );
}

#[test]
fn p_values_depend_on_the_seed_and_not_on_the_threads() {
    let on = |threads, seed| -> Vec<Option<f64>> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        let options = AuditOptions {
            seed,
            ..options(99)
        };
        let audit = pool.install(|| audited(&[[7, 4, 2, 9], [11, 3, 6, 3]], &options).unwrap());
        audit.records.iter().map(|record| record.p_value).collect()
    };
    assert_eq!(on(1, 0), on(2, 0));
    assert_ne!(on(1, 0), on(1, 1));
}

#[test]
fn a_group_is_tested_against_the_reference_by_the_rows_of_these_two() {
    let (reference, alike, apart) = ([30, 10, 10, 30], [15, 5, 5, 15], [2, 30, 2, 30]);
    let options = AuditOptions {
        reference: vec![("a".to_owned(), "g0".to_owned())],
        ..options(199)
    };
    let audit = audited(&[reference, alike, apart], &options).unwrap();
    let found: Vec<&Record> = audit
        .to_reference("demographic_parity", Scope::Difference, &["a"])
        .collect();
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].p_value, Some(1.0));
    assert_eq!(found[1].p_value, Some(0.005));
    // A third group does not change what two of them say.
    let two = audited(&[reference, apart], &options).unwrap();
    let of_two = two
        .to_reference("demographic_parity", Scope::Difference, &["a"])
        .next()
        .unwrap();
    assert_eq!(of_two.p_value, found[1].p_value);
}

/// Base rates differ; given the label, predictions do not depend on the group. Equalized odds hold,
/// and demographic parity does not.
#[test]
fn false_alarms_are_as_rare_as_promised_where_base_rates_differ() {
    const RUNS: usize = 300;
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let mut chance = |p: f64| usize::from(f64::from(random.next_u32()) < p * f64::from(u32::MAX));
    let (mut alarms, mut detections) = (0, 0);
    for _ in 0..RUNS {
        let mut groups = [[0; 4]; 3];
        for (counts, base_rate) in groups.iter_mut().zip([0.2, 0.5, 0.8]) {
            for _ in 0..60 {
                let label = chance(base_rate);
                counts[2 * label + chance([0.2, 0.7][label])] += 1;
            }
        }
        let named = ["equalized_odds", "demographic_parity"].map(str::to_owned);
        let options = AuditOptions {
            metrics: Some(named.to_vec()),
            ..options(99)
        };
        let audit = audited(&groups, &options).unwrap();
        alarms += usize::from(p_value(&audit, "equalized_odds", Method::Max).unwrap() <= 0.05);
        detections += usize::from(
            p_value(&audit, "demographic_parity", Method::BetweenGroups).unwrap() <= 0.05,
        );
    }
    // At most 5 % and three standard errors.
    assert!(alarms <= 26, "{alarms} of {RUNS} are false alarms");
    assert!(detections >= 220, "{detections} of {RUNS} are detected");
}
