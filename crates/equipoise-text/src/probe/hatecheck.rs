//! HateCheck: functional tests of classifiers of hate, by the group that is the target.

use std::path::Path;

use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema};

use super::{
    ModelKind, ProbeModel, ProbeOptions, ProbeRecord, ProbeSpec, TemplateSuite, score_templates,
    table::CsvTable,
    templates::{self, MEASURES},
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
    let labels = (table.column("label_gold")?.iter().enumerate())
        .map(|(row, label)| match *label {
            "hateful" => Ok(1),
            "non-hateful" => Ok(0),
            _ => Err(Error::Value {
                place: table.place_of(row),
                what: "label",
                found: (*label).to_owned(),
                legal: "`hateful` or `non-hateful`",
            }),
        })
        .collect::<Result<Vec<u8>, _>>()?;
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

/// Groups by texts, whose values are sorted.
pub(super) fn groups_of(columns: &[(&str, Vec<&str>)]) -> Result<GroupColumns, Error> {
    let mut attributes = Vec::with_capacity(columns.len());
    let mut codes = Vec::with_capacity(columns.len());
    for (name, column) in columns {
        let mut values = column.clone();
        values.sort_unstable();
        values.dedup();
        let place = |value: &&str| values.binary_search(value).unwrap_or_else(|place| place);
        codes.push(
            (column.iter())
                .map(|value| u32::try_from(place(value)).unwrap_or(u32::MAX))
                .collect(),
        );
        attributes.push(GroupAttribute::new(*name, values.iter().copied())?);
    }
    Ok(GroupColumns::new(GroupSchema::new(attributes)?, codes)?)
}
