//! Which settings are tried: one file for each kind of search, and one line in [`SEARCHES`].

mod grid;
mod random;

use super::trial::Settings;

/// All kinds of search.
pub(crate) const SEARCHES: &[&SearchSpec] = &[&grid::SPEC, &random::SPEC];

/// A kind of search.
#[derive(Debug)]
pub(crate) struct SearchSpec {
    /// The name under `search.kind`.
    pub(crate) name: &'static str,
    /// Whether it draws: it then needs `search.trials`, and takes `search.seed` and ranges.
    pub(crate) draws: bool,
    /// The settings of all trials, in order. Equal spaces give equal settings.
    pub(crate) propose: fn(&Space) -> Vec<Settings>,
}

/// What is searched.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Space {
    /// The keys that vary, by their dotted paths, in order.
    pub(crate) keys: Vec<(String, Values)>,
    /// How many trials are drawn; a grid has its own number.
    pub(crate) trials: usize,
    /// The seed of what is drawn.
    pub(crate) seed: u64,
}

/// The values of one key.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Values {
    /// One of these; never empty.
    Listed(Vec<toml::Value>),
    /// Any number from the first to the second, all alike.
    Uniform(f64, f64),
    /// Any number from the first to the second, above 0, whose logarithms are all alike.
    LogUniform(f64, f64),
}

/// The kind of search of a name.
pub(crate) fn search(name: &str) -> Option<&'static SearchSpec> {
    SEARCHES.iter().copied().find(|spec| spec.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space() -> Space {
        let listed = |values: &[i64]| {
            Values::Listed(values.iter().map(|v| toml::Value::Integer(*v)).collect())
        };
        Space {
            keys: vec![
                ("a".to_owned(), listed(&[1, 2])),
                ("b".to_owned(), listed(&[3, 4, 5])),
            ],
            trials: 6,
            seed: 9,
        }
    }

    #[test]
    fn every_search_sets_every_key_to_one_of_its_values_the_same_each_time() {
        for spec in SEARCHES {
            let found = (spec.propose)(&space());
            assert_eq!(found.len(), 6, "{}", spec.name);
            assert_eq!(found, (spec.propose)(&space()), "{}", spec.name);
            for settings in found {
                for ((key, values), (set, value)) in space().keys.iter().zip(&settings.0) {
                    assert_eq!(key, set);
                    assert!(matches!(values, Values::Listed(list) if list.contains(value)));
                }
            }
        }
    }

    #[test]
    fn a_grid_has_every_combination_once_and_the_last_key_varies_first() {
        let texts: Vec<String> = (grid::SPEC.propose)(&space())
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            texts,
            [
                "a=1, b=3", "a=1, b=4", "a=1, b=5", "a=2, b=3", "a=2, b=4", "a=2, b=5"
            ]
        );
    }

    #[test]
    fn what_is_drawn_lies_in_its_range_and_depends_on_the_seed() {
        let drawn = |seed, values| {
            let keys = vec![("x".to_owned(), values)];
            let space = Space {
                keys,
                trials: 200,
                seed,
            };
            let settings = (random::SPEC.propose)(&space);
            let numbers = settings.iter().filter_map(|s| s.0[0].1.as_float());
            numbers.collect::<Vec<f64>>()
        };
        for values in [Values::Uniform(0.01, 1.0), Values::LogUniform(0.01, 1.0)] {
            let numbers = drawn(1, values.clone());
            assert_eq!(numbers.len(), 200);
            assert!(numbers.iter().all(|x| (0.01..=1.0).contains(x)));
            assert_ne!(numbers, drawn(2, values));
        }
        let below = |values| drawn(1, values).iter().filter(|x| **x < 0.1).count();
        // A tenth and a half of the numbers, but for chance.
        assert!(below(Values::Uniform(0.01, 1.0)) < 40);
        assert!((70..130).contains(&below(Values::LogUniform(0.01, 1.0))));
    }
}
