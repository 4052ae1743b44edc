//! Rows whose group is not known: the best and the worst that they can make of each value.
//!
//! A row of unknown group may belong to any group that fits what is known of it. The values
//! themselves are of the rows whose group is known; the bounds hold over every assignment of the
//! others. Groups are those with at least one known row.
//!
//! | value | lower bound | upper bound |
//! |---|---|---|
//! | rate of a group, signed difference and ratio to the reference | exact | exact |
//! | difference between groups | exact for two groups, else outer | exact |
//! | ratio between groups | exact | exact for two groups, else outer |
//! | difference to the overall value | outer | exact |
//! | ratio to the overall value | exact | outer |
//! | smallest group value | exact | outer |
//! | largest group value | outer | exact |
//! | equalized odds | as its parts | as its parts |
//!
//! *Exact*: some assignment reaches it. *Outer*: no assignment goes beyond it, and perhaps none
//! reaches it: each group is taken at its own extreme, as if no row were missing elsewhere then.
//! Two groups are exact where no third one fits, and where the label and prediction that count as
//! hits, or the others, are those of at most 100,000 rows of unknown group; beyond that the bound
//! is outer. Metrics that are not shares of rows, and those of scores, have no bounds.

use equipoise_core::{GroupAttribute, GroupSchema, MissingPolicy, closest};
use serde::{Deserialize, Serialize};

use crate::{
    AuditOptions, Convention, Definition, Error, GroupCube, Method, MetricSpec, Proportion, Scope,
    aggregate::AggregateKind,
    evaluation::{Item, Plan},
    trials::unit_confusions,
};

/// The largest number of steps in the search for the assignment that brings two groups closest.
const MAX_STEPS: u64 = 100_000;

/// The smallest and the largest value over all assignments of the rows of unknown group.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// No assignment gives less.
    pub low: f64,
    /// No assignment gives more.
    pub high: f64,
}

impl Bounds {
    /// The most that two values can lie apart, and the least where nothing binds them together.
    fn distance(self, other: Self) -> Self {
        Self {
            low: (self.low - other.high).max(other.low - self.high).max(0.0),
            high: (self.high - other.low).max(other.high - self.low),
        }
    }

    fn point(value: f64) -> Self {
        Self {
            low: value,
            high: value,
        }
    }

    /// Of the smaller of `r` and `1 / r`, where `r` is a value over another, fixed one.
    fn ratio_to(self, fixed: f64) -> Option<Self> {
        let smaller = |value: f64| (value / fixed).min(fixed / value);
        let ends = [smaller(self.low), smaller(self.high)];
        let within = self.low <= fixed && fixed <= self.high;
        (fixed > 0.0).then(|| Self {
            low: ends[0].min(ends[1]),
            high: if within { 1.0 } else { ends[0].max(ends[1]) },
        })
    }
}

/// Checks that the attributes with bounds are among those that are compared, by position.
pub(crate) fn check(
    schema: &GroupSchema,
    compared: &[usize],
    options: &AuditOptions,
) -> Result<(), Error> {
    let attributes = compared
        .iter()
        .filter_map(|&at| schema.attributes().get(at));
    let names = || attributes.clone().map(GroupAttribute::name);
    match options
        .bounds
        .iter()
        .find(|name| !names().any(|known| known == **name))
    {
        None => Ok(()),
        Some(name) => Err(Error::UnknownAttribute {
            option: "bounds",
            name: name.clone(),
            closest: closest(name, names()).map(str::to_owned),
        }),
    }
}

/// Which groups of a section stand for rows of unknown group.
pub(crate) fn is_unknown(schema: &GroupSchema, options: &AuditOptions) -> Vec<bool> {
    let unknown = |group: usize| {
        let mut pairs = schema.describe(group).into_iter();
        pairs.any(|(name, value)| is_missing(name, value, options))
    };
    (0..schema.cell_count())
        .map(|group| !options.bounds.is_empty() && unknown(group))
        .collect()
}

fn is_missing(name: &str, value: &str, options: &AuditOptions) -> bool {
    value == MissingPolicy::OWN_GROUP && options.bounds.iter().any(|bounded| bounded == name)
}

/// Rows of unknown group that are known alike.
#[derive(Debug)]
struct Unassigned {
    /// By label and prediction.
    counts: [u64; 4],
    /// The groups that they may belong to.
    candidates: Vec<usize>,
}

/// The rows of unknown group of a section, and the known ones.
#[derive(Debug)]
pub(crate) struct UnknownRows {
    known: Vec<[u64; 4]>,
    unassigned: Vec<Unassigned>,
}

impl UnknownRows {
    /// `None` where the group of every row is known.
    pub(crate) fn new(cube: &GroupCube, options: &AuditOptions) -> Option<Self> {
        let schema = cube.schema();
        let unknown = is_unknown(schema, options);
        let with_rows = |group: &usize| cube.cell_rows(*group) > 0;
        let unknown_groups: Vec<usize> = (0..cube.cells())
            .filter(|&group| unknown[group])
            .filter(with_rows)
            .collect();
        if unknown_groups.is_empty() {
            return None;
        }
        let known_groups: Vec<usize> = (0..cube.cells())
            .filter(|&group| !unknown[group])
            .filter(with_rows)
            .collect();
        let unassigned = unknown_groups
            .into_iter()
            .map(|group| {
                let of_group = schema.describe(group);
                let fits = |candidate: &usize| {
                    let pairs = schema.describe(*candidate).into_iter().zip(&of_group);
                    pairs.into_iter().all(|(known, &(name, value))| {
                        is_missing(name, value, options) || known.1 == value
                    })
                };
                Unassigned {
                    counts: cube.counts(group),
                    candidates: known_groups.iter().copied().filter(fits).collect(),
                }
            })
            .collect();
        let counts_of = |group: usize| {
            if unknown[group] {
                [0; 4]
            } else {
                cube.counts(group)
            }
        };
        Some(Self {
            known: (0..cube.cells()).map(counts_of).collect(),
            unassigned,
        })
    }

    /// How many rows of unknown group there are, and how many of them fit no known group.
    pub(crate) fn rows(&self) -> (u64, u64) {
        let sum = |unassigned: &Unassigned| -> u64 { unassigned.counts.iter().sum() };
        let homeless = self
            .unassigned
            .iter()
            .filter(|rows| rows.candidates.is_empty());
        (
            self.unassigned.iter().map(sum).sum(),
            homeless.map(sum).sum(),
        )
    }

    /// The bounds of each item of a plan.
    pub(crate) fn of_items(&self, plan: &Plan, overall: &[u64; 4]) -> Vec<Option<Bounds>> {
        let items = plan.items().iter();
        items
            .map(|&item| self.of_item(plan, item, overall))
            .collect()
    }

    fn of_item(&self, plan: &Plan, item: Item, overall: &[u64; 4]) -> Option<Bounds> {
        let parts: Vec<(Share, &[bool])> = plan
            .parts(item.spec())
            .map(|(spec, compared)| Some((Share::of(spec, self)?, compared)))
            .collect::<Option<_>>()?;
        match item {
            Item::Group { group, .. } => parts.first()?.0.groups.get(group)?.bounds(),
            Item::Aggregate { kind, .. } => {
                // The quotient of the benchmark is neither the one way round nor the other.
                if plan.convention() == Convention::Ffb && kind.scope == Scope::Ratio {
                    return None;
                }
                let of_parts: Vec<Bounds> = parts
                    .iter()
                    .map(|(share, compared)| {
                        let kind = if parts.len() > 1 {
                            AggregateKind::new(kind.scope, Some(Method::BetweenGroups))
                        } else {
                            kind
                        };
                        share.aggregate(self, kind, compared, overall)
                    })
                    .collect::<Option<_>>()?;
                combine(&of_parts, kind.method)
            }
            Item::ToReference { group, kind, .. } => {
                let reference = plan.reference()?;
                let of_parts: Vec<Bounds> = parts
                    .iter()
                    .map(|(share, _)| {
                        let value = share.groups.get(group)?.bounds()?;
                        let reference = share.groups.get(reference)?.bounds()?;
                        match kind.scope {
                            Scope::Difference => Some(Bounds {
                                low: value.low - reference.high,
                                high: value.high - reference.low,
                            }),
                            // With a reference of 0 the ratio has no upper bound.
                            _ => (reference.low > 0.0).then(|| Bounds {
                                low: value.low / reference.high,
                                high: value.high / reference.low,
                            }),
                        }
                    })
                    .collect::<Option<_>>()?;
                combine(&of_parts, Some(Method::Mean))
            }
        }
    }
}

/// Puts the bounds of several gaps together as their values are put together.
fn combine(parts: &[Bounds], method: Option<Method>) -> Option<Bounds> {
    if let [part] = parts {
        return Some(*part);
    }
    let over = |pick: fn(&Bounds) -> f64| -> Option<f64> {
        let ends = parts.iter().map(pick);
        match method? {
            Method::Max => ends.reduce(f64::max),
            Method::Min => ends.reduce(f64::min),
            Method::Sum => Some(ends.sum()),
            Method::Mean => Some(ends.sum::<f64>() / parts.len() as f64),
            _ => None,
        }
    };
    Some(Bounds {
        low: over(|bounds| bounds.low)?,
        high: over(|bounds| bounds.high)?,
    })
}

/// The rows of one group that a rate counts.
#[derive(Debug, Clone, Copy, Default)]
struct GroupShare {
    /// Known rows alone.
    known_trials: u64,
    /// Known rows, and unknown ones that can belong nowhere else.
    hits: u64,
    misses: u64,
    /// Rows that may or may not belong here.
    optional_hits: u64,
    optional_misses: u64,
}

impl GroupShare {
    /// `None` where no known row counts, so that the group has no value.
    fn bounds(self) -> Option<Bounds> {
        let share = |hits: u64, misses: u64| hits as f64 / (hits + misses) as f64;
        (self.known_trials > 0).then(|| Bounds {
            low: share(self.hits, self.misses + self.optional_misses),
            high: share(self.hits + self.optional_hits, self.misses),
        })
    }
}

/// A rate, of known and unknown rows.
#[derive(Debug)]
struct Share {
    groups: Vec<GroupShare>,
    /// Whether a row of each kind counts, and is a hit.
    kinds: [(bool, bool); 4],
    proportion: fn(&crate::Confusion) -> Proportion,
}

impl Share {
    /// `None` for what is not a share of rows.
    fn of(spec: &MetricSpec, rows: &UnknownRows) -> Option<Self> {
        let Definition::Rate(proportion) = spec.definition else {
            return None;
        };
        let kinds = unit_confusions().map(|unit| {
            let of_one = proportion(&unit);
            (of_one.trials > 0.0, of_one.hits > 0.0)
        });
        let mut share = Self {
            groups: Vec::new(),
            kinds,
            proportion,
        };
        share.groups = rows
            .known
            .iter()
            .map(|counts| {
                let (hits, misses) = share.count(counts);
                GroupShare {
                    known_trials: hits + misses,
                    hits,
                    misses,
                    ..GroupShare::default()
                }
            })
            .collect();
        for unassigned in &rows.unassigned {
            let (hits, misses) = share.count(&unassigned.counts);
            for &candidate in &unassigned.candidates {
                let group = &mut share.groups[candidate];
                if unassigned.candidates.len() == 1 {
                    group.hits += hits;
                    group.misses += misses;
                } else {
                    group.optional_hits += hits;
                    group.optional_misses += misses;
                }
            }
        }
        Some(share)
    }

    /// Hits and misses among rows counted by label and prediction.
    fn count(&self, counts: &[u64; 4]) -> (u64, u64) {
        let sum = |hit: bool| {
            let kinds = counts.iter().zip(self.kinds);
            kinds
                .filter(|(_, kind)| *kind == (true, hit))
                .map(|(count, _)| count)
                .sum()
        };
        (sum(true), sum(false))
    }

    fn aggregate(
        &self,
        rows: &UnknownRows,
        kind: AggregateKind,
        compared: &[bool],
        overall: &[u64; 4],
    ) -> Option<Bounds> {
        let groups: Vec<usize> = (0..compared.len())
            .filter(|&group| compared[group])
            .collect();
        let ranges: Vec<Bounds> = groups
            .iter()
            .map(|&group| self.groups.get(group)?.bounds())
            .collect::<Option<_>>()?;
        let lows = || ranges.iter().map(|range| range.low);
        let highs = || ranges.iter().map(|range| range.high);
        match (kind.scope, kind.method) {
            (Scope::Min, _) => Some(Bounds {
                low: lows().reduce(f64::min)?,
                high: highs().reduce(f64::min)?,
            }),
            (Scope::Max, _) => Some(Bounds {
                low: lows().reduce(f64::max)?,
                high: highs().reduce(f64::max)?,
            }),
            (Scope::Difference, Some(Method::ToOverall)) => {
                let fixed = Bounds::point(self.rate(overall)?);
                let distances = ranges.iter().map(|range| range.distance(fixed));
                distances.reduce(largest)
            }
            (Scope::Ratio, Some(Method::ToOverall)) => {
                let fixed = self.rate(overall)?;
                let ratios = ranges.iter().map(|range| range.ratio_to(fixed));
                let ratios: Vec<Bounds> = ratios.collect::<Option<_>>()?;
                ratios.into_iter().reduce(smallest)
            }
            (Scope::Difference, Some(Method::BetweenGroups)) => {
                let outer = pairs(&ranges)
                    .map(|(left, right)| left.distance(right))
                    .reduce(largest)?;
                let low = self.closest(rows, &groups, |a, b| -(a - b).abs());
                Some(Bounds {
                    low: low.map_or(outer.low, |low| -low),
                    ..outer
                })
            }
            (Scope::Ratio, Some(Method::BetweenGroups)) => {
                // Each group smallest while the other is largest.
                let low = pairs(&ranges)
                    .flat_map(|(left, right)| [(left.low, right.high), (right.low, left.high)])
                    .filter(|&(_, largest)| largest > 0.0)
                    .map(|(smallest, largest)| smallest / largest)
                    .reduce(f64::min)?;
                let ratio = |a: f64, b: f64| {
                    if a.max(b) > 0.0 {
                        a.min(b) / a.max(b)
                    } else {
                        0.0
                    }
                };
                let outer = highs().reduce(f64::min)? / lows().reduce(f64::max)?;
                let high = self.closest(rows, &groups, ratio);
                Some(Bounds {
                    low,
                    // Over 0 it is infinite or NaN, and bounds nothing.
                    high: high.unwrap_or(if outer < 1.0 { outer } else { 1.0 }),
                })
            }
            _ => None,
        }
    }

    /// The rate of rows counted by label and prediction.
    fn rate(&self, counts: &[u64; 4]) -> Option<f64> {
        (self.proportion)(&crate::Confusion::from_counts(*counts))
            .value()
            .ok()
    }

    /// The largest `likeness` of two groups over all assignments, where it is largest for equal
    /// rates and falls as they part. `None` where there are more groups, or too many rows.
    ///
    /// With the hits of one group held fixed, its rate falls and the other's rises with each miss
    /// that it is given, so the rates cross once.
    fn closest(
        &self,
        rows: &UnknownRows,
        groups: &[usize],
        likeness: impl Fn(f64, f64) -> f64,
    ) -> Option<f64> {
        let &[a, b] = groups else {
            return None;
        };
        let fits_a_third = |unassigned: &Unassigned| {
            let counts = self.count(&unassigned.counts);
            counts != (0, 0)
                && unassigned
                    .candidates
                    .iter()
                    .any(|&group| group != a && group != b)
        };
        if rows.unassigned.iter().any(fits_a_third) {
            return None;
        }
        let (a, b) = (self.groups[a], self.groups[b]);
        let (hits, misses) = (a.optional_hits, a.optional_misses);
        if hits.min(misses) > MAX_STEPS {
            return None;
        }
        let rates = |hits_of_a: u64, misses_of_a: u64| {
            let share = |hits: u64, misses: u64| hits as f64 / (hits + misses) as f64;
            (
                share(a.hits + hits_of_a, a.misses + misses_of_a),
                share(b.hits + hits - hits_of_a, b.misses + misses - misses_of_a),
            )
        };
        // Walks over the fewer, and searches the more.
        let walks_hits = hits <= misses;
        let (steps, searched) = if walks_hits {
            (hits, misses)
        } else {
            (misses, hits)
        };
        let at = |step: u64, other: u64| {
            if walks_hits {
                rates(step, other)
            } else {
                rates(other, step)
            }
        };
        let mut best = f64::NEG_INFINITY;
        for step in 0..=steps {
            let crossed = |other: u64| {
                let (of_a, of_b) = at(step, other);
                if walks_hits {
                    of_a <= of_b
                } else {
                    of_a >= of_b
                }
            };
            let (mut from, mut to) = (0, searched);
            while from < to {
                let middle = from + (to - from) / 2;
                if crossed(middle) {
                    to = middle;
                } else {
                    from = middle + 1;
                }
            }
            for other in [from, from.saturating_sub(1)] {
                let (of_a, of_b) = at(step, other);
                best = best.max(likeness(of_a, of_b));
            }
        }
        Some(best)
    }
}

fn pairs(ranges: &[Bounds]) -> impl Iterator<Item = (Bounds, Bounds)> {
    (1..ranges.len())
        .flat_map(move |right| (0..right).map(move |left| (ranges[left], ranges[right])))
}

fn largest(left: Bounds, right: Bounds) -> Bounds {
    Bounds {
        low: left.low.max(right.low),
        high: left.high.max(right.high),
    }
}

fn smallest(left: Bounds, right: Bounds) -> Bounds {
    Bounds {
        low: left.low.min(right.low),
        high: left.high.min(right.high),
    }
}
