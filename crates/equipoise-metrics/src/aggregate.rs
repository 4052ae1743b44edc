//! From the values of groups to how far they lie apart.

use crate::{Convention, Estimate, Method, NotEstimable, Scope, double_corrected::sample_variance};

/// What the Fair Fairness Benchmark adds to divisors.
const FFB_EPSILON: f64 = 1e-8;

/// The aggregates of one metric over some groups.
///
/// Groups whose value is not estimable have no part in them; an [`audit`](crate::audit()) names
/// those in [`Record::without_value`](crate::Record::without_value).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Aggregates {
    /// Largest minus smallest value.
    pub difference: Estimate,
    /// Largest distance of a value from the overall one.
    pub difference_to_overall: Estimate,
    /// Smallest over largest value.
    pub ratio: Estimate,
    /// Smallest `r` or `1 / r`, where `r` is a value over the overall one.
    pub ratio_to_overall: Estimate,
    /// Smallest value.
    pub min: Estimate,
    /// Largest value.
    pub max: Estimate,
    /// The sample variance of the values, with one less than their number as divisor. Sampling noise
    /// alone makes it larger than 0: see
    /// [`double_corrected_variance`](crate::double_corrected_variance).
    pub variance: Estimate,
    /// How many groups have a value.
    groups: usize,
}

/// Which aggregate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AggregateKind {
    pub(crate) scope: Scope,
    /// `None` for the smallest and the largest value.
    pub(crate) method: Option<Method>,
}

impl AggregateKind {
    pub(crate) const fn new(scope: Scope, method: Option<Method>) -> Self {
        Self { scope, method }
    }

    /// Whether it is the difference that is meant where no method is named.
    pub(crate) fn is_main_difference(self) -> bool {
        let main = matches!(self.method, Some(Method::BetweenGroups | Method::Max));
        self.scope == Scope::Difference && main
    }

    /// The aggregates of a share of rows, which each group has a value of.
    pub(crate) const OF_RATES: [Self; 7] = [
        Self::new(Scope::Difference, Some(Method::BetweenGroups)),
        Self::new(Scope::Difference, Some(Method::ToOverall)),
        Self::new(Scope::Ratio, Some(Method::BetweenGroups)),
        Self::new(Scope::Ratio, Some(Method::ToOverall)),
        Self::new(Scope::Min, None),
        Self::new(Scope::Max, None),
        Self::new(Scope::Variance, Some(Method::BetweenGroups)),
    ];

    /// The same without the variance, from which the noise can be taken only for shares of rows.
    pub(crate) const OF_GROUPS: [Self; 6] = [
        Self::OF_RATES[0],
        Self::OF_RATES[1],
        Self::OF_RATES[2],
        Self::OF_RATES[3],
        Self::OF_RATES[4],
        Self::OF_RATES[5],
    ];

    /// Those of a fairness notion that asks one metric to be equal.
    pub(crate) const OF_ONE_PART: [Self; 4] = [
        Self::OF_GROUPS[0],
        Self::OF_GROUPS[1],
        Self::OF_GROUPS[2],
        Self::OF_GROUPS[3],
    ];

    /// Those of a distance between groups.
    pub(crate) const OF_DISTANCE: [Self; 2] = [Self::OF_GROUPS[0], Self::OF_GROUPS[1]];

    /// Those of a fairness notion that asks several metrics to be equal.
    pub(crate) const OF_SEVERAL_PARTS: [Self; 5] = [
        Self::new(Scope::Difference, Some(Method::Max)),
        Self::new(Scope::Difference, Some(Method::Mean)),
        Self::new(Scope::Difference, Some(Method::Sum)),
        Self::new(Scope::Ratio, Some(Method::Min)),
        Self::new(Scope::Ratio, Some(Method::Mean)),
    ];

    /// Those of a gap within strata.
    pub(crate) const OF_STRATA: [Self; 2] = [Self::OF_SEVERAL_PARTS[0], Self::OF_SEVERAL_PARTS[1]];
}

impl Aggregates {
    /// The aggregates of the values of some groups.
    pub fn new(
        groups: impl IntoIterator<Item = Estimate>,
        overall: Estimate,
        convention: Convention,
    ) -> Self {
        let values: Vec<f64> = groups.into_iter().flatten().collect();
        let min = smallest(&values);
        let max = largest(&values);
        let groups = values.len();
        let (needed, most) = match convention {
            Convention::Equipoise | Convention::Aequitas => (2, usize::MAX),
            Convention::Fairlearn => (1, usize::MAX),
            Convention::Aif360 => (2, 2),
            Convention::Ffb => (0, 2),
        };
        if groups < needed || groups > most {
            let reason = if groups < needed {
                NotEstimable::FewGroups { found: groups }
            } else {
                NotEstimable::NotTwoGroups {
                    convention,
                    found: groups,
                }
            };
            return Self {
                min,
                max,
                groups,
                ..Self::not_estimable(reason)
            };
        }
        if convention == Convention::Ffb && groups < 2 {
            // The benchmark returns 0 where a group is missing, be it a gap or a ratio.
            return Self {
                difference: Ok(0.0),
                ratio: Ok(0.0),
                min,
                max,
                groups,
                ..Self::not_estimable(NotEstimable::FewGroups { found: groups })
            };
        }
        let overall = overall.map_err(|_| NotEstimable::NoOverall);
        Self {
            difference: min.and_then(|min| Ok(max? - min)),
            difference_to_overall: overall.and_then(|overall| {
                let distances: Vec<f64> = values.iter().map(|v| (v - overall).abs()).collect();
                largest(&distances)
            }),
            ratio: match (convention, &values[..]) {
                (Convention::Ffb, &[first, second]) => Ok(p_rule(first, second)),
                _ => min.and_then(|min| ratio(min, max?, convention)),
            },
            ratio_to_overall: overall
                .and_then(|overall| ratio_to_overall(&values, overall, convention)),
            min,
            max,
            variance: if groups < 2 {
                Err(NotEstimable::FewGroups { found: groups })
            } else {
                Ok(sample_variance(&values))
            },
            groups,
        }
    }

    /// No aggregate at all, for one reason.
    pub(crate) fn not_estimable(reason: NotEstimable) -> Self {
        Self {
            difference: Err(reason),
            difference_to_overall: Err(reason),
            ratio: Err(reason),
            ratio_to_overall: Err(reason),
            min: Err(reason),
            max: Err(reason),
            variance: Err(reason),
            groups: 0,
        }
    }

    /// One of them; the methods of a notion with several parts are not among them.
    pub(crate) fn get(&self, kind: AggregateKind) -> Estimate {
        match (kind.scope, kind.method) {
            (Scope::Difference, Some(Method::ToOverall)) => self.difference_to_overall,
            (Scope::Ratio, Some(Method::ToOverall)) => self.ratio_to_overall,
            (Scope::Ratio, _) => self.ratio,
            (Scope::Min, _) => self.min,
            (Scope::Max, _) => self.max,
            (Scope::Variance, _) => self.variance,
            _ => self.difference,
        }
    }
}

/// Puts the gaps of the metrics that a notion asks to be equal together; all of them must be
/// estimable. Not estimable where the convention has no such aggregate.
pub(crate) fn combine(
    parts: &[Aggregates],
    kind: AggregateKind,
    convention: Convention,
) -> Estimate {
    convention.check_defines(kind)?;
    if let [part] = parts {
        return part.get(kind);
    }
    if convention == Convention::Ffb && parts.iter().any(|part| part.groups < 2) {
        return Ok(0.0);
    }
    let between = AggregateKind::new(kind.scope, Some(Method::BetweenGroups));
    let gaps = parts
        .iter()
        .map(|part| part.get(between))
        .collect::<Result<Vec<f64>, _>>()?;
    match kind.method {
        Some(Method::Max) => largest(&gaps),
        Some(Method::Min) => smallest(&gaps),
        Some(Method::Sum) => Ok(gaps.iter().sum()),
        _ => Ok(gaps.iter().sum::<f64>() / gaps.len() as f64),
    }
}

pub(crate) fn smallest(values: &[f64]) -> Estimate {
    let smallest = values.iter().copied().reduce(f64::min);
    smallest.ok_or(NotEstimable::NoGroups)
}

pub(crate) fn largest(values: &[f64]) -> Estimate {
    let largest = values.iter().copied().reduce(f64::max);
    largest.ok_or(NotEstimable::NoGroups)
}

fn ratio(min: f64, max: f64, convention: Convention) -> Estimate {
    if convention != Convention::Fairlearn && min < 0.0 {
        return Err(NotEstimable::Negative);
    }
    finite(min / max)
}

/// The p-rule of the Fair Fairness Benchmark: the rate of the second group over that of the first,
/// or the other way round.
fn p_rule(first: f64, second: f64) -> f64 {
    let ratio = second / (first + FFB_EPSILON);
    ratio.min(1.0 / (ratio + FFB_EPSILON))
}

/// Only a value above the overall one is turned round, so that a negative quotient (which only
/// fairlearn's convention lets through) stays as it is.
fn ratio_to_overall(values: &[f64], overall: f64, convention: Convention) -> Estimate {
    if convention != Convention::Fairlearn && values.iter().any(|&v| v < 0.0 || overall < 0.0) {
        return Err(NotEstimable::Negative);
    }
    let ratios: Vec<f64> = values
        .iter()
        .map(|value| value / overall)
        .filter(|ratio| !ratio.is_nan())
        .map(|ratio| if ratio > 1.0 { 1.0 / ratio } else { ratio })
        .collect();
    smallest(&ratios)
        .map_err(|_| NotEstimable::ZeroByZero)
        .and_then(finite)
}

/// Only 0 / 0, or a negative number over 0, is not finite here.
fn finite(ratio: f64) -> Estimate {
    if ratio.is_finite() {
        Ok(ratio)
    } else {
        Err(NotEstimable::ZeroByZero)
    }
}
