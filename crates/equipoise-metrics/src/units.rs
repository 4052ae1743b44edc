//! What is resampled: rows, or entities of several rows, with what each adds to the sums.

use std::cmp::Ordering;

use rayon::prelude::*;

/// Units that are drawn together or not at all, and add the same to the sums.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Unit {
    /// Which sums it adds to, and how much: ascending, each sum once.
    pub(crate) parts: Vec<(u32, f64)>,
    /// How many such units there are.
    pub(crate) times: u64,
}

impl Unit {
    /// One unit; `parts` may name a sum several times.
    pub(crate) fn new(parts: Vec<(u32, f64)>) -> Self {
        Self {
            parts: gathered(parts),
            times: 1,
        }
    }

    /// By what they add, so that the order does not depend on that of the rows.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        let keys = self.parts.iter().zip(&other.parts);
        keys.map(|(a, b)| a.0.cmp(&b.0).then_with(|| a.1.total_cmp(&b.1)))
            .find(|order| order.is_ne())
            .unwrap_or_else(|| self.parts.len().cmp(&other.parts.len()))
    }
}

/// Adds parts of the same sum up.
fn gathered(mut parts: Vec<(u32, f64)>) -> Vec<(u32, f64)> {
    // Equal sums stay in their order, which is that of the rows of a sorted entity.
    parts.sort_by_key(|part| part.0);
    let mut sums: Vec<(u32, f64)> = Vec::with_capacity(parts.len());
    for (sum, amount) in parts {
        match sums.last_mut() {
            Some(last) if last.0 == sum => last.1 += amount,
            _ => sums.push((sum, amount)),
        }
    }
    sums
}

/// Sorts units by what they add, and puts equal ones together.
pub(crate) fn collapsed(mut units: Vec<Unit>) -> Vec<Unit> {
    units.par_sort_unstable_by(Unit::compare);
    units.dedup_by(|unit, before| {
        let same = unit.parts == before.parts;
        if same {
            before.times += unit.times;
        }
        same
    });
    units
}

/// The units of fewer groups: `target` gives the new place of each sum, and `None` for a sum that
/// is left out. A unit that adds to none is still drawn.
pub(crate) fn rolled_up(units: &[Unit], target: impl Fn(u32) -> Option<u32> + Sync) -> Vec<Unit> {
    let moved = units.par_iter().map(|unit| {
        let parts = unit
            .parts
            .iter()
            .filter_map(|&(sum, amount)| Some((target(sum)?, amount)));
        Unit {
            parts: gathered(parts.collect()),
            times: unit.times,
        }
    });
    collapsed(moved.collect())
}

/// Adds units up, each as often as `times` says.
pub(crate) fn summed(units: &[Unit], times: &[u64], width: usize) -> Vec<f64> {
    let mut sums = vec![0.0; width];
    for (unit, &times) in units.iter().zip(times).filter(|(_, times)| **times > 0) {
        for &(sum, amount) in &unit.parts {
            sums[sum as usize] += times as f64 * amount;
        }
    }
    sums
}
