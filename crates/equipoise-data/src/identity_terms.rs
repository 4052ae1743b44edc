//! Which texts name an identity of a lexicon.

use std::path::Path;

use equipoise_text::Lexicon;

use crate::read::texts::{MISSING, Texts};
use crate::word_lists::is_file;
use crate::{Error, GroupConfig};

/// The groups of texts that do not name the identity, and of those that do.
const GROUPS: [&str; 2] = ["no", "yes"];

/// An identity of a lexicon, ready to be found in texts.
pub(crate) struct IdentityTerms {
    lexicon: Lexicon,
    /// Its place among the identities of the lexicon.
    identity: usize,
}

impl IdentityTerms {
    /// The identity of an attribute; `None` where it has none.
    ///
    /// # Errors
    ///
    /// When the lexicon cannot be read, or does not have the identity.
    pub(crate) fn of(group: &GroupConfig) -> Result<Option<Self>, Error> {
        let (Some(lexicon), Some(identity)) = (&group.lexicon, &group.identity) else {
            return Ok(None);
        };
        Self::find(lexicon, identity)
            .map(Some)
            .map_err(|source| Error::Lexicon {
                attribute: group.name.clone(),
                source,
            })
    }

    fn find(lexicon: &str, identity: &str) -> Result<Self, equipoise_text::Error> {
        let lexicon = if is_file(lexicon) {
            Lexicon::read(Path::new(lexicon))?
        } else {
            Lexicon::builtin(&[lexicon])?
        };
        let names: Vec<String> = (lexicon.identities().iter())
            .map(|identity| format!("{}.{}", identity.attribute, identity.value))
            .collect();
        let Some(place) = names.iter().position(|name| name == identity) else {
            return Err(equipoise_text::Error::Unknown {
                what: "identity",
                name: identity.to_owned(),
                known: of_same_attribute(names, identity),
            });
        };
        Ok(Self {
            lexicon,
            identity: place,
        })
    }

    /// The groups of texts; a missing text stays missing.
    pub(crate) fn groups(&self, texts: &Texts) -> Texts {
        let named: Vec<bool> = (texts.levels.iter())
            .map(|text| {
                let mentions = self.lexicon.mentions(text);
                (mentions.iter()).any(|mention| mention.identities.contains(&self.identity))
            })
            .collect();
        let code = |&code: &u32| match code {
            MISSING => MISSING,
            code => u32::from(named.get(code as usize).copied().unwrap_or(false)),
        };
        Texts {
            levels: GROUPS.map(str::to_owned).to_vec(),
            codes: texts.codes.iter().map(code).collect(),
        }
    }
}

/// The identities of the attribute that a name begins with, or all where there is none of it: a
/// lexicon has too many for one message.
fn of_same_attribute(names: Vec<String>, identity: &str) -> Vec<String> {
    let attribute = identity
        .split_once('.')
        .map_or(identity, |(attribute, _)| attribute);
    let is_of_it = |name: &String| name.starts_with(&format!("{attribute}."));
    if names.iter().any(is_of_it) {
        names.into_iter().filter(is_of_it).collect()
    } else {
        names
    }
}

#[cfg(test)]
mod tests {
    use equipoise_core::Help;

    use super::*;

    fn women() -> GroupConfig {
        GroupConfig {
            name: "women".to_owned(),
            lexicon: Some("en".to_owned()),
            identity: Some("gender.female".to_owned()),
            ..GroupConfig::column("text")
        }
    }

    #[test]
    fn a_text_that_names_several_identities_is_in_each_of_their_groups() {
        let texts = Texts {
            levels: vec!["She met two men.".to_owned(), "It rained.".to_owned()],
            codes: vec![0, 1, MISSING, 0],
        };
        let men = GroupConfig {
            identity: Some("gender.male".to_owned()),
            ..women()
        };
        for group in [women(), men] {
            let groups = IdentityTerms::of(&group).unwrap().unwrap().groups(&texts);
            assert_eq!(groups.levels, ["no", "yes"]);
            assert_eq!(groups.codes, [1, 0, MISSING, 1]);
        }
    }

    #[test]
    fn what_no_lexicon_has_is_told() {
        let unknown = GroupConfig {
            identity: Some("gender.femal".to_owned()),
            ..women()
        };
        let error = IdentityTerms::of(&unknown).err().unwrap();
        let message = error.to_string();
        assert!(message.contains("`women`"), "{message}");
        assert!(
            message.contains("`gender.femal` is no identity"),
            "{message}"
        );
        assert_eq!(error.help().unwrap(), "did you mean `gender.female`?");
    }
}
