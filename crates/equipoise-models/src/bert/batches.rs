//! Texts of like length together, so that little time is spent on what fills them up.

/// The rows of texts of some lengths, longest first, in batches of at most `size`.
pub(super) fn batches_by_length(lengths: &[usize], size: usize) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|&row| std::cmp::Reverse(lengths[row]));
    order.chunks(size.max(1)).map(<[usize]>::to_vec).collect()
}

#[cfg(test)]
mod tests {
    use super::batches_by_length;

    #[test]
    fn every_row_is_in_one_batch_and_the_longest_come_first() {
        assert_eq!(
            batches_by_length(&[2, 9, 2, 4], 3),
            [vec![1, 3, 0], vec![2]]
        );
        assert!(batches_by_length(&[], 3).is_empty());
    }
}
