//! One number for the gaps within all strata of the control attributes.

use crate::{
    Aggregates, Attributes, AuditOptions, Confusion, Convention, Definition, Estimate, Method,
    MetricSpec, NotEstimable, Record, Scope,
    aggregate::AggregateKind,
    bootstrap::bootstrap,
    control,
    evaluation::{aggregate_kinds, value_of_counts},
    notes,
    section::{Section, Sections},
};

/// The strata of a section, and which groups are compared in each.
struct Strata<'a> {
    metric: &'static MetricSpec,
    convention: Convention,
    /// Of each stratum and group, flat.
    compared: &'a [bool],
    /// The number of groups of a stratum.
    groups: usize,
}

impl Strata<'_> {
    /// Whether at least two groups are compared in a stratum.
    fn is_compared(&self, stratum: usize) -> bool {
        let of_stratum = self
            .compared
            .iter()
            .skip(stratum * self.groups)
            .take(self.groups);
        of_stratum.filter(|compared| **compared).count() > 1
    }

    /// The gaps of all strata that compare groups, put together.
    fn evaluate(&self, cells: &[Confusion], kind: AggregateKind) -> Estimate {
        self.convention.check_defines(kind)?;
        let between = AggregateKind::new(kind.scope, Some(Method::BetweenGroups));
        let (mut gaps, mut rows) = (Vec::new(), Vec::new());
        let strata = cells
            .chunks(self.groups)
            .zip(self.compared.chunks(self.groups));
        for (stratum, (cells, compared)) in strata.enumerate() {
            if !self.is_compared(stratum) {
                continue;
            }
            let values = cells
                .iter()
                .zip(compared)
                .filter(|(_, compared)| **compared)
                .map(|(cell, _)| value_of_counts(self.metric, cell, self.convention))
                .collect::<Result<Vec<f64>, _>>()?;
            // The gap between groups needs no overall value.
            let overall = Err(NotEstimable::NoOverall);
            let aggregates =
                Aggregates::new(values.into_iter().map(Ok), overall, Convention::Equipoise);
            gaps.push(aggregates.get(between)?);
            rows.push(cells.iter().map(Confusion::rows).sum::<f64>());
        }
        let combined = if kind.method == Some(Method::Max) {
            gaps.into_iter().reduce(f64::max)
        } else {
            let total: f64 = rows.iter().sum();
            let weighted = gaps.iter().zip(&rows).map(|(gap, rows)| gap * rows);
            (total > 0.0).then(|| weighted.sum::<f64>() / total)
        };
        combined.ok_or(NotEstimable::NoStrata)
    }
}

/// The records of all conditional notions, for the groups of a section whose first `controls`
/// attributes are the control attributes.
///
/// A stratum in which fewer than two groups have a value compares nothing, and is named in
/// [`Record::without_value`]. The bootstrap draws rows, so the shares of the strata vary with it.
pub(crate) fn records(
    sections: &Sections<'_>,
    metrics: &[&'static MetricSpec],
    options: &AuditOptions,
    joint: &Section,
    controls: usize,
) -> Vec<Record> {
    let schema = joint.cube.schema();
    let positions: Vec<usize> = (0..schema.attributes().len()).collect();
    let (of_controls, of_groups) = positions.split_at(controls);
    let strata = control::strata(&schema.select(of_controls));
    let by: Vec<String> = of_groups
        .iter()
        .filter_map(|&at| schema.attributes().get(at))
        .map(|attribute| attribute.name().to_owned())
        .collect();
    let cells = |counts: &[u64]| -> Vec<Confusion> {
        let cells = counts.chunks_exact(4);
        cells
            .map(|c| Confusion::from_counts([c[0], c[1], c[2], c[3]]))
            .collect()
    };
    let data = cells(joint.cube.as_slice());
    let included = sections.included(joint);
    let mut records = Vec::new();
    for &spec in metrics {
        let Definition::Conditional(metric) = spec.definition else {
            continue;
        };
        let compared: Vec<bool> = data
            .iter()
            .zip(&included)
            .map(|(cell, included)| {
                *included && value_of_counts(metric, cell, options.convention).is_ok()
            })
            .collect();
        let all = Strata {
            metric,
            convention: options.convention,
            compared: &compared,
            groups: joint.cube.cells() / strata.len(),
        };
        let rows_of = |stratum: usize| -> f64 {
            let cells = data.iter().skip(stratum * all.groups).take(all.groups);
            cells.map(Confusion::rows).sum()
        };
        let without_value: Vec<Attributes> = (0..strata.len())
            .filter(|&stratum| rows_of(stratum) > 0.0 && !all.is_compared(stratum))
            .map(|stratum| strata[stratum].clone())
            .collect();
        let kinds = aggregate_kinds(spec);
        let evaluate = |cells: &[Confusion]| -> Vec<Estimate> {
            kinds
                .iter()
                .map(|&kind| all.evaluate(cells, kind))
                .collect()
        };
        let intervals = bootstrap(
            joint.cube.as_slice(),
            options.bootstrap(),
            options.confidence,
            kinds.len(),
            |counts| evaluate(&cells(counts)),
        );
        for ((kind, value), interval) in kinds.iter().zip(evaluate(&data)).zip(intervals) {
            let mut record = Record::new(spec.name, Scope::Difference);
            let measured = sections.with_bootstrap(value, Some(interval));
            measured.write(&mut record);
            record.by = Some(by.clone());
            record.method = kind.method;
            record.without_value.clone_from(&without_value);
            if !without_value.is_empty() {
                let (missing, names) = (without_value.len(), &without_value);
                record
                    .notes
                    .push(notes::strata_without_gap(missing, strata.len(), names));
            }
            records.push(record);
        }
    }
    records
}
