//! The intervals of gaps in an audit: from those of the groups, or from the bootstrap.

use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema};
use equipoise_metrics::{
    Audit, AuditData, AuditOptions, GapInterval, GroupInterval, Interval, IntervalMethod, Method,
    Record, Scope, audit, gap_interval,
};
use rstest::rstest;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// Three groups of 200 rows, which are alike where `shift` is 0.
fn audited(shift: f64, options: &AuditOptions) -> Outcome<Audit> {
    let attribute = GroupAttribute::new("group", ["A", "B", "C"])?;
    let schema = GroupSchema::new(vec![attribute])?;
    let (mut codes, mut labels, mut scores) = (Vec::new(), Vec::new(), Vec::new());
    for group in 0..3u32 {
        for row in 0..200u32 {
            codes.push(group);
            labels.push(u8::from(row % 3 == 0));
            let score = f64::from(row * 37 % 200) / 400.0 + f64::from(row % 2) * 0.2;
            scores.push((score + f64::from(group) * shift).min(1.0));
        }
    }
    let groups = GroupColumns::new(schema, vec![codes])?;
    let data = AuditData::binary(&groups, &labels).with_scores(&scores);
    Ok(audit(&data, options)?)
}

fn record<'a>(
    audit: &'a Audit,
    metric: &str,
    scope: Scope,
    method: Option<Method>,
) -> Outcome<&'a Record> {
    let found = audit.aggregate(metric, scope, &["group"], method);
    Ok(found.ok_or("not audited")?)
}

fn interval(record: &Record) -> Outcome<Interval> {
    let (low, high) = record.low.zip(record.high).ok_or("no interval")?;
    Ok(Interval { low, high })
}

const BETWEEN: Option<Method> = Some(Method::BetweenGroups);

#[rstest]
#[case("selection_rate", BETWEEN)]
#[case("f1", BETWEEN)]
#[case("roc_auc", BETWEEN)]
#[case("mean_score", BETWEEN)]
#[case("demographic_parity", BETWEEN)]
#[case("equalized_odds", Some(Method::Max))]
fn a_gap_of_equal_groups_reaches_from_zero(
    #[case] metric: &str,
    #[case] method: Option<Method>,
) -> Outcome {
    let audit = audited(0.0, &AuditOptions::default())?;
    let gap = record(&audit, metric, Scope::Difference, method)?;
    assert_eq!(gap.interval, Some(IntervalMethod::Pairs));
    assert!(gap.value.is_some_and(|value| value < 1e-12), "{gap:?}");
    let found = interval(gap)?;
    assert!(found.low == 0.0 && found.high > 0.0 && found.high <= 1.0);
    Ok(())
}

#[test]
fn a_large_gap_leaves_zero_out_and_is_that_of_the_group_intervals() -> Outcome {
    let audit = audited(0.1, &AuditOptions::default())?;
    let gap = record(&audit, "selection_rate", Scope::Difference, BETWEEN)?;
    let groups = audit.groups("selection_rate", &["group"]);
    let groups = groups.map(|group| {
        let value = group.value.ok_or("no value")?;
        Ok(GroupInterval {
            value,
            interval: interval(group)?,
        })
    });
    let groups: Vec<GroupInterval> = groups.collect::<Outcome<_>>()?;
    let expected = gap_interval(&[groups], 0.95).ok_or("no interval")?;
    let found = interval(gap)?;
    assert!(found.low > 0.0);
    assert_eq!(found, expected);
    Ok(())
}

#[test]
fn a_notion_needs_none_of_its_parts_in_the_audit() -> Outcome {
    let alone = AuditOptions {
        metrics: Some(vec!["equalized_odds".to_owned()]),
        ..AuditOptions::default()
    };
    let (alone, all) = (
        audited(0.1, &alone)?,
        audited(0.1, &AuditOptions::default())?,
    );
    assert!(alone.records.iter().all(|r| r.metric == "equalized_odds"));
    let of = |audit| -> Outcome<Record> {
        Ok(record(
            audit,
            "equalized_odds",
            Scope::Difference,
            Some(Method::Max),
        )?
        .clone())
    };
    assert_eq!(of(&alone)?, of(&all)?);
    assert_eq!(of(&alone)?.interval, Some(IntervalMethod::Pairs));
    Ok(())
}

#[test]
fn every_interval_holds_its_value_and_says_how_it_was_made() -> Outcome {
    for gaps in GapInterval::ALL {
        let options = AuditOptions {
            gaps,
            reference: vec![("group".to_owned(), "A".to_owned())],
            ..AuditOptions::default()
        };
        let audit = audited(0.1, &options)?;
        for record in &audit.records {
            assert_eq!(record.low.is_some(), record.interval.is_some());
            if let (Some(value), Some(low), Some(high)) = (record.value, record.low, record.high) {
                assert!(low <= value && value <= high, "{record:?}");
            }
            if gaps == GapInterval::Bootstrap {
                assert_ne!(record.interval, Some(IntervalMethod::Pairs));
            }
        }
        let mut signed = audit.to_reference("roc_auc", Scope::Difference, &["group"]);
        let signed = signed.next().ok_or("not compared")?;
        assert_eq!(signed.interval.is_some(), gaps == GapInterval::Pairs);
    }
    Ok(())
}

#[test]
fn a_mean_of_gaps_and_a_distance_to_everybody_stay_with_the_bootstrap() -> Outcome {
    let audit = audited(0.1, &AuditOptions::default())?;
    for (metric, method) in [
        ("equalized_odds", Method::Mean),
        ("selection_rate", Method::ToOverall),
    ] {
        let gap = record(&audit, metric, Scope::Difference, Some(method))?;
        assert_eq!(gap.interval, Some(IntervalMethod::Bootstrap), "{metric}");
    }
    // Each value of a group against the rest depends on all other groups.
    let gap = record(&audit, "bpsn_auc", Scope::Difference, BETWEEN)?;
    assert_eq!(gap.interval, None);
    Ok(())
}

#[test]
fn without_replicates_the_gaps_of_rates_still_have_intervals() -> Outcome {
    let options = AuditOptions {
        replicates: 0,
        ..AuditOptions::default()
    };
    let audit = audited(0.1, &options)?;
    let rate = record(&audit, "selection_rate", Scope::Ratio, BETWEEN)?;
    assert_eq!(rate.interval, Some(IntervalMethod::Pairs));
    let f1 = record(&audit, "f1", Scope::Ratio, BETWEEN)?;
    assert_eq!(f1.interval, None);
    Ok(())
}
