//! Strata: the same comparisons among the rows that are alike in the control attributes.

use equipoise_core::{GroupAttribute, GroupSchema, closest};

use crate::{
    Attributes, AuditOptions, Error, GroupCube, MetricSpec, Record, notes,
    section::{Section, Sections},
};

/// Which attributes of a schema are controls and which are compared, by position.
#[derive(Debug)]
pub(crate) struct Roles {
    pub(crate) controls: Vec<usize>,
    pub(crate) compared: Vec<usize>,
}

impl Roles {
    /// # Errors
    ///
    /// When a control does not exist, or when no attribute is left to compare.
    pub(crate) fn new(schema: &GroupSchema, options: &AuditOptions) -> Result<Self, Error> {
        let names = || schema.attributes().iter().map(GroupAttribute::name);
        let mut controls = Vec::with_capacity(options.controls.len());
        for name in &options.controls {
            let position = schema
                .position(name)
                .ok_or_else(|| Error::UnknownAttribute {
                    option: "controls",
                    name: name.clone(),
                    closest: closest(name, names()).map(str::to_owned),
                })?;
            if !controls.contains(&position) {
                controls.push(position);
            }
        }
        let positions = 0..schema.attributes().len();
        let compared: Vec<usize> = positions.filter(|at| !controls.contains(at)).collect();
        if compared.is_empty() {
            return Err(Error::NoAttributes);
        }
        Ok(Self { controls, compared })
    }
}

/// The strata of some control attributes, in the order of [`split`].
pub(crate) fn strata(controls: &GroupSchema) -> Vec<Attributes> {
    (0..controls.cell_count())
        .map(|stratum| Attributes::of_cell(controls, stratum))
        .collect()
}

/// The parts of a section in each stratum. The first `controls` attributes of the section are the
/// controls, so the groups of a stratum lie side by side.
pub(crate) fn split(section: &Section, controls: usize) -> Vec<Section> {
    let attributes: Vec<usize> = (controls..section.cube.schema().attributes().len()).collect();
    let schema = section.cube.schema().select(&attributes);
    let groups = schema.cell_count();
    (0..section.cube.cells() / groups)
        .map(|stratum| {
            let cells = stratum * groups..(stratum + 1) * groups;
            Section {
                cube: GroupCube::from_counts(
                    schema.clone(),
                    section.cube.as_slice()[4 * cells.start..4 * cells.end].to_vec(),
                ),
                scores: section
                    .scores
                    .get(cells)
                    .map(<[_]>::to_vec)
                    .unwrap_or_default(),
            }
        })
        .collect()
}

/// The sections of each stratum.
#[derive(Debug)]
pub(crate) struct Strata<'a> {
    controls: usize,
    strata: Vec<(Attributes, Sections<'a>)>,
}

impl<'a> Strata<'a> {
    /// `section` gives the section of some attributes by position. Without controls there are no
    /// strata.
    pub(crate) fn new(
        options: &'a AuditOptions,
        metrics: &'a [&'static MetricSpec],
        roles: &Roles,
        schema: &GroupSchema,
        section: impl Fn(&[usize]) -> Result<Section, Error>,
    ) -> Result<Self, Error> {
        let controls = roles.controls.len();
        if controls == 0 {
            return Ok(Self {
                controls,
                strata: Vec::new(),
            });
        }
        let everybody = split(&section(&roles.controls)?, controls);
        let names = strata(&schema.select(&roles.controls));
        let of_stratum = |everybody| Sections::new(options, metrics, everybody);
        Ok(Self {
            controls,
            strata: names
                .into_iter()
                .zip(everybody.into_iter().map(of_stratum))
                .collect(),
        })
    }

    /// The records of all rows of each stratum.
    pub(crate) fn of_everybody(&self) -> Vec<Record> {
        let strata = self
            .strata
            .iter()
            .filter(|(_, sections)| sections.has_rows());
        strata
            .flat_map(|(stratum, sections)| within(stratum, sections.records(sections.everybody())))
            .collect()
    }

    /// The records of the groups of a section whose first attributes are the controls.
    pub(crate) fn records(&self, joint: &Section) -> Vec<Record> {
        if self.controls == 0 {
            return Vec::new();
        }
        let parts = split(joint, self.controls);
        self.strata
            .iter()
            .zip(&parts)
            .filter(|((_, sections), _)| sections.has_rows())
            .flat_map(|((stratum, sections), part)| within(stratum, sections.records(part)))
            .collect()
    }

    /// The strata without rows, of which there are no records.
    pub(crate) fn notes(&self) -> Vec<String> {
        let empty = self
            .strata
            .iter()
            .filter(|(_, sections)| !sections.has_rows());
        empty
            .map(|(stratum, _)| notes::empty_stratum(stratum))
            .collect()
    }
}

fn within(stratum: &Attributes, records: Vec<Record>) -> impl Iterator<Item = Record> {
    records.into_iter().map(|record| Record {
        control: Some(stratum.clone()),
        ..record
    })
}
