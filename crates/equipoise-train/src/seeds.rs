//! One seed for a run, and a seed of its own for every purpose drawn from it.
//!
//! Each random step of training is a function of (seed, stage, epoch, purpose). So a run that was
//! stopped goes on with the same numbers, and two models fine-tuned with one seed see the same
//! rows in the same order.

/// A seed for one purpose: the FNV-1a hash of all four parts, finished with the mixing step of
/// SplitMix64 (Steele, Lea and Flood, 2014).
pub fn derive_seed(seed: u64, stage: &str, epoch: usize, purpose: &str) -> u64 {
    let parts = seed
        .to_le_bytes()
        .into_iter()
        .chain(stage.bytes())
        // A byte that no UTF-8 text has, so that ("ab", "c") and ("a", "bc") differ.
        .chain([0xff])
        .chain((epoch as u64).to_le_bytes())
        .chain(purpose.bytes());
    let mut hash = parts.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_part_counts() {
        let mut seen = BTreeSet::new();
        for seed in 0..4 {
            for stage in ["pretrain", "finetune"] {
                for epoch in 0..4 {
                    for purpose in ["order", "device"] {
                        assert!(seen.insert(derive_seed(seed, stage, epoch, purpose)));
                    }
                }
            }
        }
    }
}
