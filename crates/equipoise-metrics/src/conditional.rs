//! One number for the gaps within all strata of the control attributes.

use crate::{
    Aggregates, Attributes, Confusion, Convention, Definition, Estimate, Method, MetricSpec,
    NotEstimable, Record, Scope,
    aggregate::AggregateKind,
    bootstrap::bootstrap,
    control,
    evaluation::{aggregate_kinds, readings},
    notes,
    section::Section,
    sections::Sections,
    views::{Reading, View, mean},
};

/// The strata of a section, and which groups are compared in each.
struct Strata {
    metric: &'static MetricSpec,
    view: View,
    convention: Convention,
    /// Of each stratum and group, flat.
    compared: Vec<bool>,
    /// The number of groups of a stratum.
    groups: usize,
}

impl Strata {
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
    fn evaluate(&self, cells: &[Reading], kind: AggregateKind) -> Estimate {
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
                .map(|(cell, _)| cell.value(self.metric, self.view, self.convention))
                .collect::<Result<Vec<f64>, _>>()?;
            // The gap between groups needs no overall value.
            let overall = Err(NotEstimable::NoOverall);
            let aggregates =
                Aggregates::new(values.into_iter().map(Ok), overall, Convention::Equipoise);
            gaps.push(aggregates.get(between)?);
            let counts = cells.iter().filter_map(|cell| cell.confusion(self.view));
            rows.push(counts.map(Confusion::rows).sum::<f64>());
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
pub(crate) fn records(sections: &Sections<'_>, joint: &Section, controls: usize) -> Vec<Record> {
    let (schema, shape) = (joint.tallies.schema(), joint.tallies.shape());
    let positions: Vec<usize> = (0..schema.attributes().len()).collect();
    let (of_controls, of_groups) = positions.split_at(controls);
    let strata = control::strata(&schema.select(of_controls));
    let by: Vec<String> = of_groups
        .iter()
        .filter_map(|&at| schema.attributes().get(at))
        .map(|attribute| attribute.name().to_owned())
        .collect();
    let data = readings(shape, joint.tallies.sums());
    let included = sections.included(joint);
    let groups = schema.cell_count() / strata.len();
    let has_rows = |stratum: usize| {
        let mut cells = stratum * groups..(stratum + 1) * groups;
        cells.any(|cell| !joint.tallies.is_empty(cell))
    };
    let convention = sections.options.convention;
    let mut records = Vec::new();
    for &spec in sections.metrics {
        let Definition::Conditional(metric) = spec.definition else {
            continue;
        };
        let of_view = |view: View| Strata {
            metric,
            view,
            convention,
            compared: data
                .iter()
                .zip(&included)
                .map(|(cell, &included)| included && cell.value(metric, view, convention).is_ok())
                .collect(),
            groups,
        };
        for view in shape.views(spec) {
            // As of all notions, the macro mean is one of gaps.
            let views: Vec<Strata> = match view {
                View::Macro => shape.each().into_iter().map(of_view).collect(),
                _ => vec![of_view(view)],
            };
            let without_value: Vec<Attributes> = (0..strata.len())
                .filter(|&stratum| has_rows(stratum))
                .filter(|&stratum| !views.iter().all(|view| view.is_compared(stratum)))
                .map(|stratum| strata[stratum].clone())
                .collect();
            let kinds = aggregate_kinds(spec);
            let evaluate = |cells: &[Reading]| -> Vec<Estimate> {
                let of_kind = |&kind| mean(views.iter().map(|view| view.evaluate(cells, kind)));
                kinds.iter().map(of_kind).collect()
            };
            let intervals = bootstrap(
                &joint.tallies.resampled(),
                sections.options.resampling(),
                sections.options.confidence,
                kinds.len(),
                |times| evaluate(&readings(shape, &joint.tallies.drawn(times))),
            );
            for ((kind, value), interval) in kinds.iter().zip(evaluate(&data)).zip(intervals) {
                let mut record = Record::new(spec.name, Scope::Difference);
                let measured = sections.with_bootstrap(value, Some(interval));
                measured.write(&mut record);
                record.class = sections.class(view);
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
    }
    records
}
