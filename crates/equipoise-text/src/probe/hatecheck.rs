//! HateCheck: functional tests of classifiers of hate, by the group that is the target.

use std::path::Path;

use super::{
    ModelKind, ProbeModel, ProbeOptions, ProbeRecord, ProbeSpec, TemplateSuite, score_templates,
    table::CsvTable,
    templates::{self, MEASURES, groups_of},
};
use crate::{Error, IdentityAnnotation, read};

const NAME: &str = "hatecheck";

pub(super) const SPEC: ProbeSpec = ProbeSpec {
    name: NAME,
    summary: "Does a classifier of hate pass functional tests, whatever group they are about?",
    paper: "Rottger, Vidgen, Nguyen, Waseem, Margetts and Pierrehumbert 2021",
    data: "test_suite_cases.csv",
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
    let suite = read_hatecheck(&read::bytes(path)?, &read::place(path))?;
    let scored = score_templates(NAME, model.classifier(NAME)?, &suite)?;
    Ok(templates::records(NAME, &suite, &scored, options))
}

/// Reads `test_suite_cases.csv` of HateCheck: texts, hateful or not, with the attributes
/// `target_ident` (texts without a target are [`IdentityAnnotation::NONE`]) and `functionality`.
///
/// # Errors
///
/// When the bytes are no UTF-8 or no CSV, when a column is not there, when there is no row, or when
/// a label is neither `hateful` nor `non-hateful`.
pub fn read_hatecheck(bytes: &[u8], place: &str) -> Result<TemplateSuite, Error> {
    let table = CsvTable::read(bytes, place)?;
    let texts = table.column("test_case")?;
    let labels = table.labels("label_gold", ["non-hateful", "hateful"])?;
    let targets: Vec<&str> = (table.column("target_ident")?.iter())
        .map(|target| {
            if target.is_empty() {
                IdentityAnnotation::NONE
            } else {
                target
            }
        })
        .collect();
    let groups = groups_of(&[
        ("target_ident", targets),
        ("functionality", table.column("functionality")?),
    ])?;
    Ok(TemplateSuite {
        texts: texts.into_iter().map(str::to_owned).collect(),
        labels,
        groups,
    })
}
