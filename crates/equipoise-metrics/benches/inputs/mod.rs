//! Rows to time the audit on: the same ones as `benches/peers/bench_audit.py` makes.

use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema};
use equipoise_metrics::{AuditData, AuditOptions};

/// The sizes of the three attributes that are crossed: 40 cells.
const CROSSED: [u32; 3] = [2, 5, 4];

/// The metrics of counts that are timed.
pub(crate) const COUNT_METRICS: [&str; 8] = [
    "selection_rate",
    "true_positive_rate",
    "false_positive_rate",
    "false_negative_rate",
    "accuracy",
    "precision",
    "f1",
    "count",
];

/// Columns in memory.
pub(crate) struct Inputs {
    /// One attribute of ten groups.
    pub(crate) single: GroupColumns,
    /// Three attributes of 2, 5 and 4 values.
    pub(crate) crossed: GroupColumns,
    pub(crate) labels: Vec<u8>,
    pub(crate) predictions: Vec<u8>,
    pub(crate) scores: Vec<f64>,
}

impl Inputs {
    /// Each number is a hash of its row, so that any language can make the same ones.
    pub(crate) fn new(rows: usize) -> Result<Self, equipoise_core::Error> {
        let mut group = Vec::with_capacity(rows);
        let mut crossed = CROSSED.map(|_| Vec::with_capacity(rows));
        let mut labels = Vec::with_capacity(rows);
        let mut scores = Vec::with_capacity(rows);
        for row in 0..rows as u64 {
            let code = below(hash(1, row), 10);
            let label = uniform(2, row) < 0.25 + 0.02 * f64::from(code);
            let base = 0.3 * f64::from(u8::from(label)) + 0.02 * f64::from(code);
            scores.push(base + 0.52 * uniform(3, row));
            labels.push(u8::from(label));
            group.push(code);
            for ((column, values), stream) in crossed.iter_mut().zip(CROSSED).zip(4..) {
                column.push(below(hash(stream, row), values));
            }
        }
        Ok(Self {
            single: columns(&[10], vec![group])?,
            crossed: columns(&CROSSED, crossed.into())?,
            labels,
            predictions: scores.iter().map(|&s| u8::from(s > 0.5)).collect(),
            scores,
        })
    }

    /// What an audit of counts reads.
    pub(crate) fn counted<'a>(&'a self, groups: &'a GroupColumns) -> AuditData<'a> {
        AuditData {
            groups,
            labels: &self.labels,
            predictions: Some(&self.predictions),
            scores: None,
        }
    }

    /// What an audit of scores reads.
    pub(crate) fn scored(&self) -> AuditData<'_> {
        AuditData {
            groups: &self.single,
            labels: &self.labels,
            predictions: Some(&self.predictions),
            scores: Some(&self.scores),
        }
    }
}

/// Options that name some metrics.
pub(crate) fn options(metrics: &[&str], replicates: usize) -> AuditOptions {
    AuditOptions {
        metrics: Some(metrics.iter().map(|&name| name.to_owned()).collect()),
        replicates,
        ..AuditOptions::default()
    }
}

fn columns(sizes: &[u32], codes: Vec<Vec<u32>>) -> Result<GroupColumns, equipoise_core::Error> {
    let attributes = sizes.iter().enumerate().map(|(position, &size)| {
        GroupAttribute::new(
            format!("attribute_{position}"),
            (0..size).map(|v| v.to_string()),
        )
    });
    let schema = GroupSchema::new(attributes.collect::<Result<_, _>>()?)?;
    GroupColumns::new(schema, codes)
}

/// The finaliser of `SplitMix64` (Steele, Lea and Flood 2014).
fn hash(stream: u64, row: u64) -> u64 {
    let mut bits = (stream << 40 | row).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ bits >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ bits >> 31
}

/// A number in `[0, 1)`.
fn uniform(stream: u64, row: u64) -> f64 {
    (hash(stream, row) >> 11) as f64 / (1u64 << 53) as f64
}

fn below(bits: u64, values: u32) -> u32 {
    let reduced = bits % u64::from(values);
    // Less than `values`, so it fits.
    u32::try_from(reduced).unwrap_or_default()
}
