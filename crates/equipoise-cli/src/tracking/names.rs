//! The names that a server takes: `MLflow` has letters, digits, `_`, `-`, `.`, spaces and `/` alone,
//! and takes a name for a path.

use std::collections::BTreeMap;

/// From names to those that a server takes; no two names get the same.
#[derive(Debug, Default)]
pub(crate) struct Names {
    given: BTreeMap<String, String>,
    /// How often each name was wanted.
    wanted: BTreeMap<String, usize>,
    changed: usize,
}

impl Names {
    /// The name that stands for another one, always the same.
    pub(crate) fn of(&mut self, name: &str) -> String {
        if let Some(known) = self.given.get(name) {
            return known.clone();
        }
        let legal = legal(name);
        let mut found = legal.clone();
        let round = self.wanted.entry(legal.clone()).or_insert(0);
        *round += 1;
        while *round > 1 {
            found = format!("{legal}.{round}");
            if !self.given.values().any(|taken| *taken == found) {
                break;
            }
            *round += 1;
        }
        // A name that was made up for another one must not be given once more.
        self.wanted.entry(found.clone()).or_insert(1);
        self.changed += usize::from(found != name);
        self.given.insert(name.to_owned(), found.clone());
        found
    }

    /// How many names were changed.
    pub(crate) fn changed(&self) -> usize {
        self.changed
    }
}

/// `selection_rate/sex=Female` becomes `selection_rate/sex.Female`, `fairness[0].lambda` becomes
/// `fairness.0.lambda`; any other sign becomes `_`.
fn legal(name: &str) -> String {
    let clean: String = name
        .replace("].", ".")
        .chars()
        .map(|c| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '-' | '.' | ' ' | '/' => c,
            '=' | '[' => '.',
            _ => '_',
        })
        .collect();
    let steps: Vec<&str> = clean
        .split('/')
        .map(|step| {
            if matches!(step, "" | "." | "..") {
                "_"
            } else {
                step
            }
        })
        .collect();
    steps.join("/")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_names_stay_readable() {
        let mut names = Names::default();
        for (name, expected) in [
            ("accuracy", "accuracy"),
            ("selection_rate/sex=Female", "selection_rate/sex.Female"),
            ("fairness[0].lambda", "fairness.0.lambda"),
            ("income/>50K", "income/_50K"),
            ("income/<50K", "income/_50K.2"),
            ("//../x", "_/_/_/x"),
        ] {
            assert_eq!(names.of(name), expected);
            assert_eq!(names.of(name), expected);
        }
        assert_eq!(names.changed(), 5);
    }

    proptest! {
        #[test]
        fn every_name_is_legal_and_of_one_alone(names in proptest::collection::vec("[ab<>=/.2]{0,4}", 0..40)) {
            let mut given = Names::default();
            let mut back: BTreeMap<String, String> = BTreeMap::new();
            for name in names {
                let found = given.of(&name);
                prop_assert!(found.chars().all(|c| c.is_ascii_alphanumeric() || "_-. /".contains(c)));
                prop_assert!(found.split('/').all(|step| !matches!(step, "" | "." | "..")));
                let known = back.entry(found).or_insert_with(|| name.clone());
                prop_assert_eq!(known.as_str(), name.as_str());
            }
        }
    }
}
