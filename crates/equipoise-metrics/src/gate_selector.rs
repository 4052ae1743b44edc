//! Which classes and strata of an audit a gate looks at.

use crate::{Audit, Error, MACRO, MICRO, Stratum};

/// What selects a class, unless it is a control attribute of an audit without classes.
const CLASS: &str = "class";

/// What stands for every class, or for every value of a control attribute.
const EVERY: &str = "*";

/// Pairs such as `class=b, age=young`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Selector(Vec<(String, String)>);

impl Selector {
    /// Reads pairs that commas separate; an error says what is wrong with them.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for part in text.split(',') {
            let pair = part.split_once('=');
            let pair = pair.map(|(name, value)| (name.trim(), value.trim()));
            match pair {
                Some((name, value)) if !name.is_empty() && !value.is_empty() => {
                    if pairs.iter().any(|(known, _)| known == name) {
                        return Err(format!("`{name}` is selected twice"));
                    }
                    pairs.push((name.to_owned(), value.to_owned()));
                }
                _ => {
                    return Err(format!(
                        "`{}` selects nothing, expected `class=NAME` or `CONTROL=VALUE`",
                        part.trim()
                    ));
                }
            }
        }
        Ok(Self(pairs))
    }

    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// The classes to judge; `None` is the value that is meant where no class is named.
    pub(crate) fn classes(&self, audit: &Audit, gate: &str) -> Result<Vec<Option<String>>, Error> {
        let Some(wanted) = self.class(audit) else {
            return Ok(vec![None]);
        };
        let known: Vec<&str> = audit.classes().into_iter().flatten().collect();
        let fits = |class: &&&str| match wanted {
            EVERY => ![MACRO, MICRO].contains(class),
            wanted => **class == wanted,
        };
        let found: Vec<Option<String>> = known
            .iter()
            .filter(fits)
            .map(|class| Some((*class).to_owned()))
            .collect();
        if found.is_empty() {
            return Err(Error::GateClass {
                gate: gate.to_owned(),
                class: wanted.to_owned(),
                known: known.into_iter().map(str::to_owned).collect(),
            });
        }
        Ok(found)
    }

    /// The strata to judge; `None` is all of them together.
    pub(crate) fn strata(&self, audit: &Audit, gate: &str) -> Result<Vec<Option<Stratum>>, Error> {
        let is_of_class = self.class(audit).is_some();
        let wanted: Vec<&(String, String)> = (self.0.iter())
            .filter(|(name, _)| !(is_of_class && name == CLASS))
            .collect();
        if wanted.is_empty() {
            return Ok(vec![None]);
        }
        let known = &audit.strata;
        let fits = |stratum: &&Stratum| {
            (wanted.iter()).all(|(name, value)| match stratum.control.get(name) {
                Some(found) => value == EVERY || found == value,
                None => false,
            })
        };
        let found: Vec<Option<Stratum>> = known.iter().filter(fits).cloned().map(Some).collect();
        if found.is_empty() {
            let wanted = wanted.iter().map(|(name, value)| format!("{name}={value}"));
            return Err(Error::GateStratum {
                gate: gate.to_owned(),
                stratum: wanted.collect::<Vec<_>>().join(", "),
                known: known.iter().map(|s| s.control.to_string()).collect(),
            });
        }
        Ok(found)
    }

    /// The class that is named, in an audit that has classes or no control attribute of that name.
    fn class(&self, audit: &Audit) -> Option<&str> {
        let (_, class) = self.0.iter().find(|(name, _)| name == CLASS)?;
        let has_classes = audit.classes().iter().any(Option::is_some);
        let is_control = |stratum: &Stratum| stratum.control.get(CLASS).is_some();
        (has_classes || !audit.strata.iter().any(is_control)).then_some(class)
    }
}
