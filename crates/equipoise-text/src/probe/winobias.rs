//! WinoBias: does a model expect the pronoun that goes with the stereotype of an occupation?

use std::{collections::BTreeMap, ops::Range, path::Path};

use super::{
    MaskedLanguageModel, MeasureSpec, ModelKind, ProbeModel, ProbeOptions, ProbeRecord, ProbeSpec,
    ask, interval,
};
use crate::{Error, read};

const NAME: &str = "winobias";
/// The pronouns of WinoBias with their gender.
const PRONOUNS: &[(&str, &str)] = &[
    ("he", "male"),
    ("him", "male"),
    ("his", "male"),
    ("himself", "male"),
    ("she", "female"),
    ("her", "female"),
    ("hers", "female"),
    ("herself", "female"),
];

pub(super) const SPEC: ProbeSpec = ProbeSpec {
    name: NAME,
    summary: "Does a model expect the pronoun that goes with the stereotype of an occupation?",
    paper: "Zhao, Wang, Yatskar, Ordonez and Chang 2018",
    data: "a folder with `pro_stereotyped_type1.txt.test`, `anti_stereotyped_type1.txt.test`, and so on",
    needs: ModelKind::MaskedLanguageModel,
    measures: &[
        MeasureSpec {
            name: "stereotype_score",
            summary: "share of pairs whose stereotyped pronoun is the more likely one",
            ideal: Some(0.5),
            higher: "stereotypes are preferred",
            range: (0.0, 1.0),
        },
        MeasureSpec {
            name: "log_odds",
            summary: "mean of ln p(stereotyped pronoun) - ln p(other pronoun)",
            ideal: Some(0.0),
            higher: "stereotypes are preferred",
            range: (f64::NEG_INFINITY, f64::INFINITY),
        },
        MeasureSpec {
            name: "unpaired",
            summary: "number of sentences left out, since the pair differs in more than pronouns",
            ideal: None,
            higher: "more sentences are left out",
            range: (0.0, f64::INFINITY),
        },
    ],
    run,
};

fn run(
    model: &ProbeModel<'_>,
    path: &Path,
    options: &ProbeOptions,
) -> Result<Vec<ProbeRecord>, Error> {
    let model = model.masked(NAME)?;
    let mut data = WinoBias::default();
    for kind in ["type1", "type2"] {
        for part in ["dev", "test"] {
            let file = |side| path.join(format!("{side}_stereotyped_{kind}.txt.{part}"));
            let (pro, anti) = (file("pro"), file("anti"));
            if !(pro.exists() || anti.exists()) {
                continue;
            }
            let place = read::place(&pro);
            let found = read_winobias(&read::bytes(&pro)?, &read::bytes(&anti)?, kind, &place)?;
            data.pairs.extend(found.pairs);
            data.unpaired.extend(found.unpaired);
        }
    }
    if data.pairs.is_empty() {
        return Err(Error::Empty {
            place: read::place(path),
            what: "sentences of WinoBias",
        });
    }
    winobias(model, &data, options)
}

/// Sentences with an occupation and pronouns, as pairs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WinoBias {
    /// The pairs.
    pub pairs: Vec<WinoBiasPair>,
    /// Lines that are no pair, with the reason.
    pub unpaired: Vec<UnpairedSentence>,
}

/// A sentence whose pronouns go with the stereotype, and the same with the other pronouns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WinoBiasPair {
    /// `type1` where the world must be known to tell whom the pronoun means, `type2` where grammar
    /// tells it.
    pub kind: String,
    /// The gender of the stereotyped pronouns.
    pub stereotype: String,
    /// The sentence with the stereotyped pronouns, and where they stand.
    pub pro: (String, Vec<Range<usize>>),
    /// The sentence with the other pronouns, and where they stand.
    pub anti: (String, Vec<Range<usize>>),
}

/// A line that is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnpairedSentence {
    /// The file, and the line from 1.
    pub place: String,
    /// Why.
    pub reason: &'static str,
}

/// Reads two files of WinoBias whose lines belong together; `kind` is `type1` or `type2`.
///
/// What stands in brackets and is a pronoun is what the sentences of a pair must differ in, and all
/// that they may. The published files have some lines that differ otherwise by mistake: these come
/// back as [`WinoBias::unpaired`].
///
/// # Errors
///
/// When bytes are no UTF-8, when the numbers of lines differ, or when there is none.
pub fn read_winobias(pro: &[u8], anti: &[u8], kind: &str, place: &str) -> Result<WinoBias, Error> {
    let pro: Vec<&str> = read::utf8(pro, place)?.lines().collect();
    let anti: Vec<&str> = read::utf8(anti, place)?.lines().collect();
    if pro.len() != anti.len() {
        return Err(Error::Lengths {
            what: "lines of the anti-stereotyped file, as in the other",
            expected: pro.len(),
            found: anti.len(),
        });
    }
    if pro.is_empty() {
        return Err(Error::Empty {
            place: place.to_owned(),
            what: "lines",
        });
    }
    let mut data = WinoBias::default();
    for (index, (pro, anti)) in pro.iter().zip(&anti).enumerate() {
        match paired(pro, anti, kind) {
            Ok(pair) => data.pairs.push(pair),
            Err(reason) => data.unpaired.push(UnpairedSentence {
                place: format!("{place}, line {}", index + 1),
                reason,
            }),
        }
    }
    Ok(data)
}

/// A sentence without brackets.
struct Parsed {
    text: String,
    pronouns: Vec<Range<usize>>,
}

fn paired(pro: &str, anti: &str, kind: &str) -> Result<WinoBiasPair, &'static str> {
    let (pro, anti) = (parsed(pro), parsed(anti));
    if pro.pronouns.is_empty() || pro.pronouns.len() != anti.pronouns.len() {
        return Err("the sentences do not have the same number of pronouns in brackets");
    }
    if without(&pro) != without(&anti) {
        return Err("the sentences differ in more than the pronouns in brackets");
    }
    let genders = |parsed: &Parsed| -> Vec<&'static str> {
        let mut genders: Vec<&'static str> = (parsed.pronouns.iter())
            .filter_map(|range| gender_of(&parsed.text[range.clone()]))
            .collect();
        genders.dedup();
        genders
    };
    let ([stereotype], [other]) = (&genders(&pro)[..], &genders(&anti)[..]) else {
        return Err("a sentence has pronouns of both genders in brackets");
    };
    if stereotype == other {
        return Err("the sentences have pronouns of the same gender");
    }
    Ok(WinoBiasPair {
        kind: kind.to_owned(),
        stereotype: (*stereotype).to_owned(),
        pro: (pro.text, pro.pronouns),
        anti: (anti.text, anti.pronouns),
    })
}

fn gender_of(word: &str) -> Option<&'static str> {
    (PRONOUNS.iter())
        .find(|(pronoun, _)| pronoun.eq_ignore_ascii_case(word))
        .map(|(_, gender)| *gender)
}

/// The sentence of a line: without its number and brackets, with the place of pronouns in brackets.
fn parsed(line: &str) -> Parsed {
    let sentence = line
        .trim()
        .trim_start_matches(|c: char| c.is_ascii_digit())
        .trim_start();
    let mut parsed = Parsed {
        text: String::with_capacity(sentence.len()),
        pronouns: Vec::new(),
    };
    let mut opened = None;
    for character in sentence.chars() {
        match character {
            '[' => opened = Some(parsed.text.len()),
            ']' => {
                if let Some(start) = opened.take() {
                    let range = start..parsed.text.len();
                    if gender_of(&parsed.text[range.clone()]).is_some() {
                        parsed.pronouns.push(range);
                    }
                }
            }
            _ => parsed.text.push(character),
        }
    }
    parsed
}

/// The text between the pronouns.
fn without(parsed: &Parsed) -> Vec<&str> {
    let mut parts = Vec::with_capacity(parsed.pronouns.len() + 1);
    let mut at = 0;
    for range in &parsed.pronouns {
        parts.push(&parsed.text[at..range.start]);
        at = range.end;
    }
    parts.push(&parsed.text[at..]);
    parts
}

/// One of the ways to part the pairs, and names and values of a part.
type Subset<'a> = (usize, Vec<(&'a str, &'a str)>);

/// How often and by how much the stereotyped pronoun is the more likely one: for all pairs, each
/// type, and each gender of the stereotyped pronoun.
///
/// A pronoun is as likely as the mean log-probability of the tokens of the pronouns in brackets, each
/// given all others of its sentence. The share has a Wilson interval, with ties counted as not
/// stereotyped; the log-odds a percentile bootstrap over pairs. This asks for the expectations of a base
/// model; the coreference scores of the paper need a resolver.
///
/// # Errors
///
/// When an option is out of range, when there is no pair, or when the model fails or gives what is
/// no log-probability.
pub fn winobias(
    model: &dyn MaskedLanguageModel,
    data: &WinoBias,
    options: &ProbeOptions,
) -> Result<Vec<ProbeRecord>, Error> {
    options.check()?;
    if data.pairs.is_empty() {
        return Err(Error::Empty {
            place: "the data of `winobias`".to_owned(),
            what: "pairs",
        });
    }
    let texts: Vec<(String, Vec<Range<usize>>)> = (data.pairs.iter())
        .flat_map(|pair| [pair.pro.clone(), pair.anti.clone()])
        .collect();
    let likelihoods = ask::mean_log_probabilities(NAME, model, &texts)?;
    let odds: Vec<f64> = likelihoods
        .chunks_exact(2)
        .map(|pair| pair[0] - pair[1])
        .collect();

    // In the order of the three ways to part the pairs.
    let mut subsets: BTreeMap<Subset<'_>, Vec<f64>> = BTreeMap::new();
    for (pair, &odds) in data.pairs.iter().zip(&odds) {
        for (order, subset) in [
            vec![],
            vec![("kind", pair.kind.as_str())],
            vec![("stereotype", pair.stereotype.as_str())],
        ]
        .into_iter()
        .enumerate()
        {
            subsets.entry((order, subset)).or_default().push(odds);
        }
    }
    let mut records = Vec::new();
    for ((_, subset), odds) in &subsets {
        let hits = odds.iter().filter(|&&odds| odds > 0.0).count();
        let counts = (hits, odds.len());
        records.push(ProbeRecord::share(
            NAME,
            "stereotype_score",
            subset,
            counts,
            options,
        ));
        let mean = odds.iter().sum::<f64>() / odds.len() as f64;
        let interval = interval::bootstrap(options, |generator| {
            let sum: f64 = interval::draw(generator, odds.len())
                .map(|index| odds[index])
                .sum();
            Some(sum / odds.len() as f64)
        });
        records.push(
            ProbeRecord::value(NAME, "log_odds", subset, odds.len(), mean).with_interval(interval),
        );
    }
    let lines = data.pairs.len() + data.unpaired.len();
    let unpaired = data.unpaired.len() as f64;
    records.push(ProbeRecord::value(NAME, "unpaired", &[], lines, unpaired));
    Ok(records)
}
