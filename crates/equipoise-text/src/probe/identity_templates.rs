//! Identity templates: is a harmless sentence toxic to a classifier when it names a group?

use std::path::Path;

use super::{
    ModelKind, ProbeModel, ProbeOptions, ProbeRecord, ProbeSpec, TemplateSuite, score_templates,
    table::CsvTable,
    templates::{self, MEASURES, groups_of},
};
use crate::{Error, IdentityAnnotation, Lexicon, read};

const NAME: &str = "identity-templates";

pub(super) const SPEC: ProbeSpec = ProbeSpec {
    name: NAME,
    summary: "Is a harmless sentence toxic to a classifier when it names a group?",
    paper: "Dixon, Li, Sorensen, Thain and Vasserman 2018",
    data: "en_sentence_templates.csv",
    needs: ModelKind::TextClassifier,
    measures: MEASURES,
    run,
};

fn run(
    model: &ProbeModel<'_>,
    path: &Path,
    options: &ProbeOptions,
) -> Result<Vec<ProbeRecord>, Error> {
    options.check()?;
    let lexicon = Lexicon::builtin(&["en"])?;
    let suite = read_identity_templates(&read::bytes(path)?, &lexicon, &read::place(path))?;
    let scored = score_templates(NAME, model.classifier(NAME)?, &suite)?;
    Ok(templates::records(NAME, &suite, &scored, options))
}

/// Reads `en_sentence_templates.csv`: phrases, toxic or not, with the attributes `term` (the first
/// term of the lexicon in the phrase, or [`IdentityAnnotation::NONE`]) and `template`.
///
/// # Errors
///
/// When the bytes are no UTF-8 or no CSV, when a column is not there, when there is no row, or when
/// a label is neither `toxic` nor `nontoxic`.
pub fn read_identity_templates(
    bytes: &[u8],
    lexicon: &Lexicon,
    place: &str,
) -> Result<TemplateSuite, Error> {
    let table = CsvTable::read(bytes, place)?;
    let phrases = table.column("phrase")?;
    let labels = table.labels("toxicity", ["nontoxic", "toxic"])?;
    let terms: Vec<&str> = (phrases.iter())
        .map(|phrase| {
            (lexicon.mentions(phrase).first())
                .map_or(IdentityAnnotation::NONE, |mention| mention.term)
        })
        .collect();
    let groups = groups_of(&[("term", terms), ("template", table.column("template")?)])?;
    Ok(TemplateSuite {
        texts: phrases.into_iter().map(str::to_owned).collect(),
        labels,
        groups,
    })
}
