//! Laws that every split obeys.

use equipoise_core::SplitPart;
use equipoise_data::{SplitRows, split_entities, split_rows};
use proptest::prelude::*;

/// Shares that sum to 1.
fn shares() -> impl Strategy<Value = [f64; 3]> {
    (1u32..20, 1u32..20, 1u32..20).prop_map(|(train, valid, test)| {
        let sum = f64::from(train + valid + test);
        [train, valid, test].map(|share| f64::from(share) / sum)
    })
}

fn strata() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0usize..6, 0..300)
}

fn all_rows(split: &SplitRows) -> Vec<usize> {
    let mut rows: Vec<usize> = (SplitPart::ALL.iter())
        .flat_map(|&part| split.part(part).iter().copied())
        .collect();
    rows.sort_unstable();
    rows
}

proptest! {
    #[test]
    fn parts_are_a_partition_in_file_order(strata in strata(), shares in shares(), seed: u64) {
        let split = split_rows(&strata, shares, seed);
        prop_assert_eq!(all_rows(&split), (0..strata.len()).collect::<Vec<_>>());
        for part in SplitPart::ALL {
            prop_assert!(split.part(part).is_sorted());
        }
    }

    #[test]
    fn each_part_has_its_share_of_each_stratum_within_one_row(
        strata in strata(), shares in shares(), seed: u64
    ) {
        let split = split_rows(&strata, shares, seed);
        let count = |rows: &[usize], stratum: usize| {
            rows.iter().filter(|&&row| strata[row] == stratum).count() as f64
        };
        let everyone: Vec<usize> = (0..strata.len()).collect();
        for stratum in 0..6 {
            for (part, share) in SplitPart::ALL.into_iter().zip(shares) {
                let expected = share * count(&everyone, stratum);
                let found = count(split.part(part), stratum);
                prop_assert!((found - expected).abs() < 1.0, "{found} of {expected}");
            }
        }
    }

    #[test]
    fn an_entity_is_in_one_part(
        rows in prop::collection::vec((0usize..40, 0usize..4), 0..300), shares in shares(), seed: u64
    ) {
        let (entities, strata): (Vec<usize>, Vec<usize>) = rows.into_iter().unzip();
        let split = split_entities(&strata, &entities, shares, seed);
        prop_assert_eq!(all_rows(&split), (0..strata.len()).collect::<Vec<_>>());
        let mut part_of = [None; 40];
        for part in SplitPart::ALL {
            for &row in split.part(part) {
                let known = part_of[entities[row]].get_or_insert(part);
                prop_assert_eq!(*known, part);
            }
        }
    }

    #[test]
    fn one_seed_gives_one_split(strata in strata(), shares in shares(), seed: u64) {
        prop_assert_eq!(split_rows(&strata, shares, seed), split_rows(&strata, shares, seed));
    }
}

#[test]
fn another_seed_gives_another_split() {
    let strata = vec![0; 100];
    let shares = [0.6, 0.2, 0.2];
    assert_ne!(
        split_rows(&strata, shares, 1),
        split_rows(&strata, shares, 2)
    );
}

#[test]
fn a_split_is_the_same_on_every_machine() {
    let strata: Vec<usize> = (0..20).map(|row| row % 2).collect();
    let split = split_rows(&strata, [0.6, 0.2, 0.2], 7);
    insta::assert_compact_debug_snapshot!((&split.valid, &split.test));
}
