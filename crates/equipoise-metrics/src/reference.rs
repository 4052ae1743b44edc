//! Each group against a reference group: signed differences and ratios.

use equipoise_core::{GroupAttribute, GroupSchema, closest};

use crate::{
    AuditOptions, Convention, Definition, Error, Estimate, Method, MetricSpec, NotEstimable, Scope,
    aggregate::AggregateKind, evaluation::Item,
};

/// What Aequitas writes for infinity.
const AEQUITAS_INFINITY: f64 = 10.0;

const DIFFERENCE: AggregateKind = AggregateKind::new(Scope::Difference, Some(Method::ToReference));
const RATIO: AggregateKind = AggregateKind::new(Scope::Ratio, Some(Method::ToReference));

/// Checks the named reference groups against the attributes that are compared, by position.
pub(crate) fn check(
    schema: &GroupSchema,
    compared: &[usize],
    options: &AuditOptions,
) -> Result<(), Error> {
    let attributes = compared
        .iter()
        .filter_map(|&at| schema.attributes().get(at));
    for (index, (name, value)) in options.reference.iter().enumerate() {
        let attribute = attributes
            .clone()
            .find(|attribute| attribute.name() == name)
            .ok_or_else(|| Error::UnknownAttribute {
                option: "reference",
                name: name.clone(),
                closest: closest(name, attributes.clone().map(GroupAttribute::name))
                    .map(str::to_owned),
            })?;
        if attribute.code_of(value).is_none() {
            let values = attribute.values().iter().map(String::as_str);
            return Err(Error::UnknownGroup {
                attribute: name.clone(),
                value: value.clone(),
                closest: closest(value, values).map(str::to_owned),
            });
        }
        if options.reference[..index]
            .iter()
            .any(|(other, _)| other == name)
        {
            return Err(Error::TwoReferences {
                attribute: name.clone(),
            });
        }
    }
    if options.convention.needs_reference() {
        let named = |name: &str| options.reference.iter().any(|(other, _)| other == name);
        if let Some(attribute) = attributes.clone().find(|a| !named(a.name())) {
            return Err(Error::NeedsReference {
                convention: options.convention,
                attribute: attribute.name().to_owned(),
            });
        }
    }
    Ok(())
}

/// The reference group of a section: the one whose values are all named. Where none is, Aequitas
/// takes the largest group, of several the first, and all others have none.
pub(crate) fn group(
    schema: &GroupSchema,
    group_sizes: impl Iterator<Item = u64>,
    options: &AuditOptions,
) -> Option<usize> {
    if schema.attributes().is_empty() {
        return None;
    }
    let code = |attribute: &GroupAttribute| {
        let named = options.reference.iter();
        let mut named = named.filter(|(name, _)| name == attribute.name());
        named.next().and_then(|(_, value)| attribute.code_of(value))
    };
    let codes: Option<Vec<u32>> = schema.attributes().iter().map(code).collect();
    match codes {
        Some(codes) => Some(schema.cell_of(&codes)),
        None if options.convention == Convention::Aequitas => {
            let largest_first = group_sizes.enumerate().map(|(group, rows)| (rows, group));
            largest_first
                .reduce(|best, next| if next.0 > best.0 { next } else { best })
                .map(|(_, group)| group)
        }
        None => None,
    }
}

/// Which values of a metric are compared with the reference group.
///
/// Of a notion with several parts there is only AIF360's signed mean of the differences, in which
/// opposite signs cancel; no other convention defines it.
pub(crate) fn kinds(spec: &MetricSpec) -> &'static [AggregateKind] {
    match spec.definition {
        Definition::Distance(_) | Definition::Conditional(_) => &[],
        Definition::Parity([_, _, ..]) => &[DIFFERENCE],
        _ => &[DIFFERENCE, RATIO],
    }
}

/// The comparisons of a metric, in the order of [`values`].
pub(crate) fn items(
    spec: &'static MetricSpec,
    groups: usize,
    reference: usize,
    convention: Convention,
) -> impl Iterator<Item = Item> {
    let others = (0..groups).filter(move |&group| group != reference);
    let is_mean = matches!(spec.definition, Definition::Parity([_, _, ..]));
    let others = others.filter(move |_| !is_mean || convention == Convention::Aif360);
    others.flat_map(move |group| {
        let kinds = kinds(spec).iter();
        kinds.map(move |&kind| Item::ToReference { spec, group, kind })
    })
}

/// The values of [`items`], from the values of all groups for each part of the metric.
pub(crate) fn values(
    spec: &'static MetricSpec,
    of_parts: &[Vec<Estimate>],
    reference: usize,
    convention: Convention,
) -> impl Iterator<Item = Estimate> {
    let groups = of_parts.first().map_or(0, Vec::len);
    items(spec, groups, reference, convention).map(move |item| match item {
        Item::ToReference { group, kind, .. } => {
            let compared = of_parts
                .iter()
                .map(|part| compare(part[group], part[reference], kind, convention))
                .collect::<Result<Vec<f64>, _>>()?;
            Ok(compared.iter().sum::<f64>() / compared.len() as f64)
        }
        _ => Err(NotEstimable::NoGroups),
    })
}

/// The value of a group against that of the reference group.
pub(crate) fn compare(
    value: Estimate,
    reference: Estimate,
    kind: AggregateKind,
    convention: Convention,
) -> Estimate {
    convention.check_defines(kind)?;
    let value = value?;
    let reference = reference.map_err(|_| NotEstimable::NoReference)?;
    if kind.scope == Scope::Difference {
        return Ok(value - reference);
    }
    if value < 0.0 || reference < 0.0 {
        return Err(NotEstimable::Negative);
    }
    match (value > 0.0, reference > 0.0, convention) {
        (_, true, _) => Ok(value / reference),
        (true, false, Convention::Aequitas) => Ok(AEQUITAS_INFINITY),
        (true, false, _) => Err(NotEstimable::DividedByZero),
        (false, false, _) => Err(NotEstimable::ZeroByZero),
    }
}
