//! Columns of texts as codes into their distinct values, without a `String` for each row.

use std::cmp::Ordering;
use std::collections::HashMap;

use equipoise_core::ColumnValues;
use polars::prelude::StringChunked;
use rayon::prelude::*;

use crate::Error;

/// The code of a missing text.
pub(crate) const MISSING: u32 = u32::MAX;

/// The rows that one thread reads at least.
const ROWS_PER_TASK: usize = 1 << 16;

/// A column of texts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Texts {
    /// The distinct texts.
    pub(crate) levels: Vec<String>,
    /// An index into `levels` for each row, or [`MISSING`].
    pub(crate) codes: Vec<u32>,
}

impl Texts {
    /// Codes a column, with the levels in the order in which they first appear.
    pub(crate) fn code(column: &StringChunked, trim: bool) -> Result<Self, Error> {
        let mut levels = LevelCodes::default();
        let mut codes = Vec::with_capacity(column.len());
        for chunk in column.downcast_iter() {
            // Texts of at most 12 bytes lie in their view; longer ones that come from one
            // dictionary share a view. So equal views of one chunk are equal texts, and few
            // texts need to be looked at.
            let mut seen = ViewCache::default();
            let has_missing = column.has_nulls();
            for (row, view) in chunk.views().iter().enumerate() {
                if has_missing && chunk.get(row).is_none() {
                    codes.push(MISSING);
                    continue;
                }
                let view = view.as_u128();
                let code = if let Some(code) = seen.get(view) {
                    code
                } else {
                    let text = chunk.value(row);
                    let code = levels.code(if trim { text.trim() } else { text })?;
                    seen.insert(view, code);
                    code
                };
                codes.push(code);
            }
        }
        Ok(Self {
            levels: levels.levels,
            codes,
        })
    }

    /// The same column in which some levels are missing.
    pub(crate) fn without(self, is_missing: impl Fn(&str) -> bool) -> Self {
        if !self.levels.iter().any(|level| is_missing(level)) {
            return self;
        }
        let mut levels = Vec::with_capacity(self.levels.len());
        let mut remap = Vec::with_capacity(self.levels.len());
        for level in self.levels {
            if is_missing(&level) {
                remap.push(MISSING);
            } else {
                remap.push(code_of_index(levels.len()));
                levels.push(level);
            }
        }
        let mut codes = self.codes;
        recode(&mut codes, &remap);
        Self { levels, codes }
    }

    /// The same column with its levels sorted.
    pub(crate) fn sorted(self) -> Self {
        let mut order: Vec<usize> = (0..self.levels.len()).collect();
        order.sort_unstable_by(|&a, &b| self.levels[a].cmp(&self.levels[b]));
        let mut remap = vec![MISSING; order.len()];
        for (new, &old) in order.iter().enumerate() {
            remap[old] = code_of_index(new);
        }
        let mut levels = self.levels;
        levels.sort_unstable();
        let mut codes = self.codes;
        recode(&mut codes, &remap);
        Self { levels, codes }
    }

    /// The rows of several columns one after the other, with the union of their levels sorted by
    /// `order`.
    pub(crate) fn concat(parts: &[Self], order: impl Fn(&str, &str) -> Ordering) -> Self {
        let rows = parts.iter().map(|part| part.codes.len()).sum();
        let mut codes = Vec::with_capacity(rows);
        let mut levels: Vec<String> = match parts.first() {
            Some(first) if parts.iter().all(|part| part.levels == first.levels) => {
                let levels = first.levels.clone();
                for part in parts {
                    codes.extend_from_slice(&part.codes);
                }
                return Self { levels, codes };
            }
            _ => (parts.iter().flat_map(|part| part.levels.iter().cloned())).collect(),
        };
        levels.sort_unstable_by(|a, b| order(a, b));
        levels.dedup();
        for part in parts {
            let position = |level: &String| {
                code_of_index(levels.partition_point(|known| order(known, level).is_lt()))
            };
            let remap: Vec<u32> = part.levels.iter().map(position).collect();
            let recoded = |&code: &u32| remap.get(code as usize).copied().unwrap_or(MISSING);
            codes.extend(part.codes.iter().map(recoded));
        }
        Self { levels, codes }
    }

    /// The number of rows that have each level.
    pub(crate) fn counts(&self) -> Vec<usize> {
        let none = || vec![0; self.levels.len()];
        let of_part = |codes: &[u32]| {
            let mut counts = none();
            for &code in codes {
                if let Some(count) = counts.get_mut(code as usize) {
                    *count += 1;
                }
            }
            counts
        };
        let rows = ROWS_PER_TASK.max(8 * self.levels.len());
        let parts = self.codes.par_chunks(rows).map(of_part);
        parts.reduce(none, |mut left, right| {
            for (left, right) in left.iter_mut().zip(right) {
                *left += right;
            }
            left
        })
    }

    /// The number of rows without a text.
    pub(crate) fn missing(&self) -> usize {
        let parts = self.codes.par_chunks(ROWS_PER_TASK);
        let of_part = |codes: &[u32]| codes.iter().filter(|&&code| code == MISSING).count();
        parts.map(of_part).sum()
    }

    /// The plain column.
    pub(crate) fn into_column(self) -> ColumnValues {
        ColumnValues::Text {
            levels: self.levels,
            codes: self
                .codes
                .into_iter()
                .map(|code| (code != MISSING).then_some(code))
                .collect(),
        }
    }
}

/// Replaces each code by its entry in `remap`; [`MISSING`] stays.
pub(crate) fn recode(codes: &mut [u32], remap: &[u32]) {
    for code in codes {
        if let Some(&new) = remap.get(*code as usize) {
            *code = new;
        }
    }
}

/// The code of a level that exists; there are fewer than [`MISSING`].
pub(crate) fn code_of_index(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(MISSING)
}

/// Codes of texts by their content.
#[derive(Default)]
struct LevelCodes {
    levels: Vec<String>,
    codes: HashMap<String, u32>,
}

impl LevelCodes {
    fn code(&mut self, text: &str) -> Result<u32, Error> {
        if let Some(&code) = self.codes.get(text) {
            return Ok(code);
        }
        let code = u32::try_from(self.levels.len())
            .ok()
            .filter(|&code| code != MISSING)
            .ok_or(equipoise_core::Error::Lengths {
                what: "distinct texts of a column at most",
                expected: MISSING as usize,
                found: self.levels.len() + 1,
            })?;
        self.levels.push(text.to_owned());
        self.codes.insert(text.to_owned(), code);
        Ok(code)
    }
}

/// A direct-mapped cache from a view to its code.
struct ViewCache {
    entries: Vec<Option<(u128, u32)>>,
}

impl ViewCache {
    const BITS: u32 = 8;

    fn slot(view: u128) -> usize {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the halves of a view are mixed into a few bits"
        )]
        let folded = (view as u64) ^ ((view >> 64) as u64).rotate_left(29);
        // Fibonacci hashing: the high bits of the product depend on all bits of the view.
        let mixed = folded.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - Self::BITS);
        usize::try_from(mixed).unwrap_or_default()
    }

    fn get(&self, view: u128) -> Option<u32> {
        match self.entries[Self::slot(view)] {
            Some((known, code)) if known == view => Some(code),
            _ => None,
        }
    }

    fn insert(&mut self, view: u128, code: u32) {
        self.entries[Self::slot(view)] = Some((view, code));
    }
}

impl Default for ViewCache {
    fn default() -> Self {
        Self {
            entries: vec![None; 1 << Self::BITS],
        }
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::{ChunkedArray, NewChunkedArray};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn codes_give_the_texts_back(
            rows in prop::collection::vec(prop::option::of("[ab]{0,3}|[cd]{11,15}|é{6,8}"), 0..300)
        ) {
            let column: StringChunked =
                ChunkedArray::from_slice_options("x".into(), rows.as_slice());
            let texts = Texts::code(&column, false).unwrap().sorted();
            prop_assert!(texts.levels.is_sorted_by(|a, b| a < b));
            let back: Vec<Option<String>> = texts
                .codes
                .iter()
                .map(|&code| texts.levels.get(code as usize).cloned())
                .collect();
            prop_assert_eq!(back, rows);
        }
    }

    #[test]
    fn levels_can_be_declared_missing() {
        let column: StringChunked =
            ChunkedArray::from_slice("x".into(), ["b", " ? ", "a", "b "].as_slice());
        let texts = Texts::code(&column, true)
            .unwrap()
            .without(|level| level == "?")
            .sorted();
        assert_eq!(texts.levels, ["a", "b"]);
        assert_eq!(texts.codes, [1, MISSING, 0, 1]);
        assert_eq!(texts.counts(), [1, 2]);
    }
}
