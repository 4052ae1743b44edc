//! WEAT and SEAT: do vectors of groups lie closer to one idea than to another?

use std::path::Path;

use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use serde::Deserialize;

use super::{
    MeasureSpec, ModelKind, ProbeModel, ProbeOptions, ProbeRecord, ProbeSpec, SentenceEncoder, ask,
    interval,
};
use crate::{Error, read};

const NAME: &str = "association";

pub(super) const SPEC: ProbeSpec = ProbeSpec {
    name: NAME,
    summary: "Do the vectors of two groups lie closer to one idea than to another? (WEAT, SEAT)",
    paper: "Caliskan, Bryson and Narayanan 2017; May, Wang, Bordia, Bowman and Rudinger 2019",
    data: "weat6.jsonl, sent-weat6.jsonl, or a folder of such files",
    needs: ModelKind::SentenceEncoder,
    measures: &[MeasureSpec {
        name: "effect_size",
        summary: "difference of the mean associations of two groups, in standard deviations",
        ideal: Some(0.0),
        higher: "the first group lies closer to the first idea than the second group does",
        range: (f64::NEG_INFINITY, f64::INFINITY),
    }],
    run,
};

fn run(
    model: &ProbeModel<'_>,
    path: &Path,
    options: &ProbeOptions,
) -> Result<Vec<ProbeRecord>, Error> {
    let encoder = model.encoder(NAME)?;
    let mut files = vec![path.to_owned()];
    if path.is_dir() {
        let failed = |source| Error::Read {
            path: path.to_owned(),
            source,
        };
        files = (fs_err::read_dir(path).map_err(failed)?)
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(failed)?;
        files.retain(|file| {
            file.extension()
                .is_some_and(|extension| extension == "jsonl")
        });
        files.sort();
        if files.is_empty() {
            return Err(Error::Empty {
                place: read::place(path),
                what: "files that end in `.jsonl`",
            });
        }
    }
    (files.iter())
        .map(|file| {
            let name = file.file_stem().unwrap_or_default().to_string_lossy();
            let test = read_association_test(&read::bytes(file)?, &name, &read::place(file))?;
            Ok(measure_association(encoder, &test, options)?.record(&test))
        })
        .collect()
}

/// Two groups and two ideas, each as some texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssociationTest {
    /// The name, such as `weat6`.
    pub name: String,
    /// The names of the groups, such as `MaleNames` and `FemaleNames`.
    pub target_names: [String; 2],
    /// The texts of the groups, at least one each.
    pub targets: [Vec<String>; 2],
    /// The names of the ideas, such as `Career` and `Family`.
    pub attribute_names: [String; 2],
    /// The texts of the ideas, at least one each.
    pub attributes: [Vec<String>; 2],
}

/// What a test found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AssociationResult {
    /// `d`, above 0 where the first group lies closer to the first idea; in `[-2, 2]` for groups of
    /// one size. `None` where all texts of the groups are associated alike.
    pub effect_size: Option<f64>,
    /// The percentile interval of a bootstrap of the texts of each group; the ideas are fixed.
    pub interval: Option<(f64, f64)>,
    /// The share of the ways to part the texts into two groups of these sizes whose difference is at
    /// least as large as the one found: one-sided, in `(0, 1]`.
    pub p_value: f64,
    /// Whether all ways were tried, or some drawn.
    pub is_exact: bool,
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an object with `targ1`, `targ2`, `attr1` and `attr2`"
)]
struct RawTest {
    targ1: RawSet,
    targ2: RawSet,
    attr1: RawSet,
    attr2: RawSet,
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a set with `category` and `examples`"
)]
struct RawSet {
    category: String,
    examples: Vec<String>,
}

/// Reads a file of WEAT or SEAT, one JSON object with `targ1`, `targ2`, `attr1` and `attr2`.
///
/// # Errors
///
/// When the bytes are no UTF-8 or no such JSON, or when a set is empty.
pub fn read_association_test(
    bytes: &[u8],
    name: &str,
    place: &str,
) -> Result<AssociationTest, Error> {
    let raw: RawTest =
        serde_json::from_str(read::utf8(bytes, place)?).map_err(|source| Error::Json {
            place: place.to_owned(),
            source,
        })?;
    for set in [&raw.targ1, &raw.targ2, &raw.attr1, &raw.attr2] {
        if set.examples.is_empty() {
            return Err(Error::Empty {
                place: format!("{place}, set `{}`", set.category),
                what: "examples",
            });
        }
    }
    Ok(AssociationTest {
        name: name.to_owned(),
        target_names: [raw.targ1.category, raw.targ2.category],
        targets: [raw.targ1.examples, raw.targ2.examples],
        attribute_names: [raw.attr1.category, raw.attr2.category],
        attributes: [raw.attr1.examples, raw.attr2.examples],
    })
}

/// The association of each vector with the first idea against the second:
/// `s(w) = mean_a cos(w, a) - mean_b cos(w, b)`, in `[-2, 2]`.
///
/// # Errors
///
/// When an idea has no vector, when vectors differ in width, or when a vector has no direction since
/// its length is 0 or not finite.
pub fn associations(
    vectors: &[Vec<f64>],
    first: &[Vec<f64>],
    second: &[Vec<f64>],
) -> Result<Vec<f64>, Error> {
    let first = directions(first)?;
    let second = directions(second)?;
    if first.is_empty() || second.is_empty() {
        return Err(Error::Empty {
            place: "an idea".to_owned(),
            what: "vectors",
        });
    }
    let width = first[0].len();
    let vectors = directions(vectors)?;
    for vector in vectors.iter().chain(&first).chain(&second) {
        if vector.len() != width {
            return Err(Error::Lengths {
                what: "components of a vector",
                expected: width,
                found: vector.len(),
            });
        }
    }
    let mean_cosine = |vector: &[f64], idea: &[Vec<f64>]| {
        idea.iter().map(|other| dot(vector, other)).sum::<f64>() / idea.len() as f64
    };
    Ok((vectors.iter())
        .map(|vector| mean_cosine(vector, &first) - mean_cosine(vector, &second))
        .collect())
}

/// The effect size of associations: `(mean(x) - mean(y)) / std(x and y)`, the standard deviation with
/// one degree of freedom less (Caliskan et al. 2017). `None` where a group is empty or where all
/// associations are the same.
///
/// ```
/// use equipoise_text::effect_size;
///
/// let size = effect_size(&[0.5, 0.3], &[-0.3, -0.5]).ok_or("none")?;
/// assert!((size - 0.8 / (0.68_f64 / 3.0).sqrt()).abs() < 1e-12);
/// assert_eq!(effect_size(&[0.1], &[0.1]), None);
/// # Ok::<(), &str>(())
/// ```
pub fn effect_size(first: &[f64], second: &[f64]) -> Option<f64> {
    if first.is_empty() || second.is_empty() {
        return None;
    }
    let count = (first.len() + second.len()) as f64;
    let all = || first.iter().chain(second);
    let centre = all().sum::<f64>() / count;
    let variance = all().map(|s| (s - centre).powi(2)).sum::<f64>() / (count - 1.0);
    // Associations lie in [-2, 2]: what is left of equal ones is rounding.
    let is_constant = variance <= 1e-28;
    (!is_constant).then(|| (mean(first) - mean(second)) / variance.sqrt())
}

/// Tests whether the first group lies closer to the first idea than the second group does.
///
/// The p-value is exact where there are at most [`ProbeOptions::permutations`] ways to part the texts,
/// and `(1 + hits) / (1 + draws)` of as many draws otherwise.
///
/// # Errors
///
/// When an option is out of range, when a set is empty, or when the model fails, or gives vectors of
/// different widths or without direction.
pub fn measure_association(
    model: &dyn SentenceEncoder,
    test: &AssociationTest,
    options: &ProbeOptions,
) -> Result<AssociationResult, Error> {
    options.check()?;
    let encode = |texts: &[String]| ask::vectors(NAME, model, texts);
    let ideas = [encode(&test.attributes[0])?, encode(&test.attributes[1])?];
    let association = |texts: &[String]| associations(&encode(texts)?, &ideas[0], &ideas[1]);
    let first = association(&test.targets[0])?;
    let second = association(&test.targets[1])?;
    if first.is_empty() || second.is_empty() {
        return Err(Error::Empty {
            place: format!("the test `{}`", test.name),
            what: "texts of a group",
        });
    }
    let (p_value, is_exact) = permutation_test(&first, &second, options);
    let pick = |values: &[f64], generator: &mut ChaCha8Rng| -> Vec<f64> {
        interval::draw(generator, values.len())
            .map(|index| values[index])
            .collect()
    };
    Ok(AssociationResult {
        effect_size: effect_size(&first, &second),
        interval: interval::bootstrap(options, |generator| {
            let first = pick(&first, generator);
            effect_size(&first, &pick(&second, generator))
        }),
        p_value,
        is_exact,
    })
}

impl AssociationResult {
    fn record(&self, test: &AssociationTest) -> ProbeRecord {
        let groups = test.target_names.join(" / ");
        let ideas = test.attribute_names.join(" / ");
        let subset = [
            ("test", test.name.as_str()),
            ("targets", groups.as_str()),
            ("attributes", ideas.as_str()),
        ];
        let count = test.targets.iter().map(Vec::len).sum();
        let record = match self.effect_size {
            Some(size) => ProbeRecord::value(NAME, "effect_size", &subset, count, size)
                .with_interval(self.interval),
            None => ProbeRecord {
                count,
                ..ProbeRecord::missing(NAME, "effect_size", &subset, "all associations are equal")
            },
        };
        ProbeRecord {
            p_value: Some(self.p_value),
            ..record
        }
    }
}

/// The one-sided p-value of the difference of means, and whether it is exact.
fn permutation_test(first: &[f64], second: &[f64], options: &ProbeOptions) -> (f64, bool) {
    /// Sums of the same numbers in another order differ by rounding.
    const ROUNDING: f64 = 1e-12;

    let mut all: Vec<f64> = first.iter().chain(second).copied().collect();
    let size = first.len();
    // With the sizes and the total fixed, the difference of means grows with the sum of the first.
    let threshold = first.iter().sum::<f64>() - ROUNDING * all.len() as f64;
    if let Some(ways) = ways_to_choose(size, all.len()).filter(|&ways| ways <= options.permutations)
    {
        let mut hits = 0usize;
        let mut chosen: Vec<usize> = (0..size).collect();
        loop {
            let sum: f64 = chosen.iter().map(|&index| all[index]).sum();
            hits += usize::from(sum >= threshold);
            if !advance(&mut chosen, all.len()) {
                return (hits as f64 / ways as f64, true);
            }
        }
    }
    let mut generator = ChaCha8Rng::seed_from_u64(options.seed);
    let mut hits = 1usize;
    for _ in 0..options.permutations {
        let (chosen, _) = all.partial_shuffle(&mut generator, size);
        hits += usize::from(chosen.iter().sum::<f64>() >= threshold);
    }
    (hits as f64 / (options.permutations + 1) as f64, false)
}

/// The number of ways to choose some of several, or `None` where it overflows.
fn ways_to_choose(chosen: usize, of: usize) -> Option<usize> {
    let mut ways = 1usize;
    for step in 0..chosen.min(of - chosen) {
        ways = ways.checked_mul(of - step)? / (step + 1);
    }
    Some(ways)
}

/// The next choice in lexicographic order, or false after the last.
fn advance(chosen: &mut [usize], of: usize) -> bool {
    let size = chosen.len();
    let Some(place) = (0..size)
        .rev()
        .find(|&place| chosen[place] < of - size + place)
    else {
        return false;
    };
    chosen[place] += 1;
    for later in place + 1..size {
        chosen[later] = chosen[later - 1] + 1;
    }
    true
}

/// Vectors of length 1.
fn directions(vectors: &[Vec<f64>]) -> Result<Vec<Vec<f64>>, Error> {
    (vectors.iter())
        .map(|vector| {
            // Scaled first, as squares of very large and very small numbers are lost.
            let scale = vector.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
            let scaled: Vec<f64> = vector.iter().map(|x| x / scale).collect();
            let length = dot(&scaled, &scaled).sqrt();
            if length.is_finite() && length > 0.0 && scale.is_finite() {
                Ok(scaled.iter().map(|x| x / length).collect())
            } else {
                Err(Error::Range {
                    what: "the length of a vector",
                    found: scale,
                    legal: "finite and above 0, as a vector without direction has no angle",
                })
            }
        })
        .collect()
}

fn dot(first: &[f64], second: &[f64]) -> f64 {
    first.iter().zip(second).map(|(a, b)| a * b).sum()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_is_visited_once() {
        let mut chosen = vec![0, 1, 2];
        let mut seen = vec![chosen.clone()];
        while advance(&mut chosen, 6) {
            seen.push(chosen.clone());
        }
        assert_eq!(Some(seen.len()), ways_to_choose(3, 6));
        seen.dedup();
        assert_eq!(seen.len(), 20);
        assert_eq!(ways_to_choose(40, 80).map(|ways| ways > 1_000_000), None);
    }

    #[test]
    fn what_is_drawn_comes_near_to_what_is_exact() {
        let first = [0.5, 0.1, 0.4, -0.2, 0.3];
        let second = [0.2, -0.1, 0.0, -0.4, 0.1];
        let exact = permutation_test(&first, &second, &ProbeOptions::default());
        let options = ProbeOptions {
            permutations: 200,
            ..ProbeOptions::default()
        };
        let drawn = permutation_test(&first, &second, &options);
        assert!(exact.1 && !drawn.1);
        assert!((exact.0 - drawn.0).abs() < 0.1, "{exact:?} {drawn:?}");
    }
}
