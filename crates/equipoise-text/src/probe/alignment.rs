//! What two sequences of tokens have in common.

use std::collections::BTreeMap;

/// From this length on, tokens that are very frequent in the second sequence begin no block.
const POPULAR_FROM: usize = 200;

/// The positions, in each of two sequences, of what they have in common, in ascending order.
///
/// The longest block that both hold is matched first, of equally long ones that which begins first
/// in `first` and then in `second`; then what lies before it and what lies after it, in the same way
/// (Ratcliff and Metzener 1988). These are the positions that `difflib.SequenceMatcher` of Python calls
/// equal, by which CrowS-Pairs tells apart the tokens that a pair shares; its rule that tokens which
/// make up more than 1 % of a second sequence of 200 or more begin no block is kept.
///
/// ```
/// use equipoise_text::common_positions;
///
/// // "most black kids play" and "most white kids like to play"
/// let (first, second) = common_positions(&[1, 2, 3, 4], &[1, 5, 3, 6, 7, 4]);
/// assert_eq!((first, second), (vec![0, 2, 3], vec![0, 2, 5]));
/// ```
pub fn common_positions(first: &[u32], second: &[u32]) -> (Vec<usize>, Vec<usize>) {
    let places = places_of(second);
    let mut positions = (Vec::new(), Vec::new());
    let mut open = vec![(0, first.len(), 0, second.len())];
    while let Some((first_low, first_high, second_low, second_high)) = open.pop() {
        let range = (first_low, first_high, second_low, second_high);
        let (i, j, size) = longest_block(first, second, &places, range);
        if size == 0 {
            continue;
        }
        positions.0.extend(i..i + size);
        positions.1.extend(j..j + size);
        open.push((first_low, i, second_low, j));
        open.push((i + size, first_high, j + size, second_high));
    }
    positions.0.sort_unstable();
    positions.1.sort_unstable();
    positions
}

/// Where each token stands, without those that are too frequent.
fn places_of(tokens: &[u32]) -> BTreeMap<u32, Vec<usize>> {
    let mut places: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (place, &token) in tokens.iter().enumerate() {
        places.entry(token).or_default().push(place);
    }
    if tokens.len() >= POPULAR_FROM {
        let most = tokens.len() / 100 + 1;
        places.retain(|_, places| places.len() <= most);
    }
    places
}

/// The longest block within a range: where it begins in each sequence, and its size.
fn longest_block(
    first: &[u32],
    second: &[u32],
    places: &BTreeMap<u32, Vec<usize>>,
    (first_low, first_high, second_low, second_high): (usize, usize, usize, usize),
) -> (usize, usize, usize) {
    let (mut best_i, mut best_j, mut best_size) = (first_low, second_low, 0);
    // The length of the block that ends at the token of `first` before and each place of `second`.
    let mut lengths: BTreeMap<usize, usize> = BTreeMap::new();
    for (offset, token) in first[first_low..first_high].iter().enumerate() {
        let i = first_low + offset;
        let mut next = BTreeMap::new();
        for &j in places.get(token).map_or(&[][..], Vec::as_slice) {
            if !(second_low..second_high).contains(&j) {
                continue;
            }
            let before = j.checked_sub(1).and_then(|before| lengths.get(&before));
            let size = before.copied().unwrap_or(0) + 1;
            next.insert(j, size);
            if size > best_size {
                (best_i, best_j, best_size) = (i + 1 - size, j + 1 - size, size);
            }
        }
        lengths = next;
    }
    // Frequent tokens begin no block, but belong to one that they touch.
    while best_i > first_low && best_j > second_low && first[best_i - 1] == second[best_j - 1] {
        (best_i, best_j, best_size) = (best_i - 1, best_j - 1, best_size + 1);
    }
    while best_i + best_size < first_high
        && best_j + best_size < second_high
        && first[best_i + best_size] == second[best_j + best_size]
    {
        best_size += 1;
    }
    (best_i, best_j, best_size)
}
