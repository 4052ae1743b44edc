//! Strata: the same comparisons among the rows that are alike in the control attributes.

use equipoise_core::{GroupAttribute, GroupSchema, closest};

use crate::{
    Attributes, AuditOptions, Error, Record, Stratum, notes, section::Section, sections::Sections,
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
    let joint = section.tallies.schema();
    let attributes: Vec<usize> = (controls..joint.attributes().len()).collect();
    let schema = joint.select(&attributes);
    let groups = schema.cell_count();
    (0..joint.cell_count() / groups)
        .map(|stratum| section.within(&(stratum * groups..(stratum + 1) * groups), &schema))
        .collect()
}

/// The sections of each stratum.
#[derive(Debug)]
pub(crate) struct Strata<'a> {
    controls: usize,
    strata: Vec<(Attributes, Sections<'a>)>,
}

impl<'a> Strata<'a> {
    /// `of_controls` has the groups of the control attributes, and `sections` makes what all
    /// sections of a stratum share from the section of everybody in it. Without controls there
    /// are no strata.
    pub(crate) fn new(
        controls: usize,
        of_controls: &Section,
        sections: impl Fn(Section) -> Sections<'a>,
    ) -> Self {
        if controls == 0 {
            return Self {
                controls,
                strata: Vec::new(),
            };
        }
        let names = strata(of_controls.tallies.schema());
        let everybody = split(of_controls, controls).into_iter().map(sections);
        Self {
            controls,
            strata: names.into_iter().zip(everybody).collect(),
        }
    }

    /// The strata that have rows.
    pub(crate) fn with_rows(&self) -> Vec<Stratum> {
        let strata = self.strata.iter();
        strata
            .filter(|(_, sections)| sections.has_rows())
            .map(|(control, sections)| Stratum {
                control: control.clone(),
                rows: sections.everybody.tallies.rows(0),
            })
            .collect()
    }

    /// The records of all rows of each stratum.
    pub(crate) fn of_everybody(&self) -> Vec<Record> {
        let strata = self
            .strata
            .iter()
            .filter(|(_, sections)| sections.has_rows());
        strata
            .flat_map(|(stratum, sections)| within(stratum, sections.records(&sections.everybody)))
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
