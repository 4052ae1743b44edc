//! From rows to all metrics of all groups, with their uncertainty.

use std::borrow::Cow;

use crate::{
    Audit, AuditData, AuditOptions, AuditSchema, Error, GroupCube, bounds, conditional,
    control::{Roles, Strata},
    multiple_testing::adjust_records,
    reference,
    scores::SortedScores,
    section::{Section, Sections},
};

/// Audits the predictions of any model.
///
/// The audit lists each metric of all rows, of the groups of each attribute alone, and of the
/// groups of every intersection of two or more attributes, together with the gaps between those
/// groups. What cannot be estimated has no value but a reason; an intersection without rows is
/// listed with count 0. A group with rows and without a value has no part in the gaps: each gap
/// names the groups that it misses.
///
/// Rates have Wilson intervals, the area under the curve that of `DeLong`, means of row values a
/// normal one, and all other functions of counts (gaps among them) the percentiles of the cell
/// bootstrap. Where an interval would be a single number, because all rows or all replicates
/// agree, there is none but a note: a width of 0 would pass for certainty. The result depends
/// neither on the order of the rows nor on the number of threads.
///
/// [`AuditOptions`] may ask for more: all of it within the strata of control attributes
/// ([`Record::control`](crate::Record::control)), each group against a reference group, signed
/// ([`Record::reference`](crate::Record::reference)), the bounds that rows of unknown group leave
/// ([`Bounds`](crate::Bounds)), and permutation tests of "no difference" on the differences of
/// metrics of counts, corrected for their number.
/// Rows exchange their groups where the null hypothesis lets them: all rows for a metric of all
/// rows, rows of the same label for true and false positive rates and equalized odds, rows of the
/// same prediction for precision and its kin. For other functions of the counts, such as F1, all
/// rows do, so that a small p-value may also come of unequal base rates.
///
/// # Errors
///
/// When there are no rows or no attributes, when the columns differ in length, when a label or a
/// prediction is neither 0 nor 1, when a score is NaN or outside `[0, 1]`, when an option is out
/// of range or names an attribute or group that does not exist, when the convention needs a
/// reference group that is not named, or when the groups and the replicates are so many that the bootstrap would hold more
/// than 2^27 numbers (one gibibyte). One class only, or one group only, is no error. Rows are
/// named by their place in the slices, counted from 0.
///
/// ```
/// use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema};
/// use equipoise_metrics::{AuditData, AuditOptions, Method, Scope, audit};
///
/// let schema = GroupSchema::new(vec![GroupAttribute::new("sex", ["Female", "Male"])?])?;
/// let audit = audit(
///     &AuditData {
///         groups: &GroupColumns::new(schema, vec![vec![0, 0, 0, 0, 1, 1, 1, 1]])?,
///         labels: &[0, 0, 1, 1, 0, 0, 1, 1],
///         predictions: Some(&[0, 0, 0, 1, 0, 1, 1, 1]),
///         scores: None,
///     },
///     &AuditOptions::default(),
/// )?;
/// let gap = audit
///     .aggregate("demographic_parity", Scope::Difference, &["sex"], Some(Method::BetweenGroups))
///     .ok_or("not audited")?;
/// assert_eq!(gap.value, Some(0.5));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn audit(data: &AuditData<'_>, options: &AuditOptions) -> Result<Audit, Error> {
    data.check()?;
    options.check()?;
    let metrics = options.metrics(data.scores.is_some())?;
    let cube = GroupCube::from_rows(data.groups, data.labels, &predictions(data, options))?;
    let sorted = data
        .scores
        .filter(|_| metrics.iter().any(|spec| !spec.is_count_based()))
        .map(|scores| SortedScores::new(scores, data.labels, &data.groups.cells()));
    let section = |positions: &[usize]| -> Result<Section, Error> {
        Ok(Section {
            cube: cube.roll_up(positions)?,
            scores: sorted.as_ref().map_or_else(Vec::new, |sorted| {
                sorted.distributions(cube.schema(), positions)
            }),
        })
    };
    let roles = Roles::new(cube.schema(), options)?;
    reference::check(cube.schema(), &roles.compared, options)?;
    bounds::check(cube.schema(), &roles.compared, options)?;
    let strata = Strata::new(options, &metrics, &roles, cube.schema(), section)?;
    let sections = Sections::new(options, &metrics, section(&[])?);
    // Of all sections, that of the full intersection has the most groups.
    sections.check_bootstrap_size(&cube)?;
    let mut records = sections.records(sections.everybody());
    let mut notes = sections.notes();
    records.extend(strata.of_everybody());
    notes.extend(strata.notes());
    for subset in subsets(roles.compared.len()) {
        let positions: Vec<usize> = subset.iter().map(|&at| roles.compared[at]).collect();
        let of_groups = section(&positions)?;
        records.extend(sections.records(&of_groups));
        notes.extend(sections.notes_on(&of_groups));
        if !roles.controls.is_empty() {
            let joint = section(&[&roles.controls[..], &positions].concat())?;
            let controls = roles.controls.len();
            records.extend(conditional::records(
                &sections, &metrics, options, &joint, controls,
            ));
            records.extend(strata.records(&joint));
        }
    }
    notes.extend(adjust_records(&mut records, options.correction));
    let attributes = roles
        .compared
        .iter()
        .map(|&at| &cube.schema().attributes()[at]);
    Ok(Audit {
        schema: AuditSchema::V1,
        rows: cube.rows(),
        convention: options.convention,
        confidence: options.confidence,
        min_count: options.min_count(),
        min_count_excludes: options.min_count_excludes,
        attributes: attributes.map(|a| a.name().to_owned()).collect(),
        records,
        notes,
    })
}

/// The predictions, or what the threshold makes of the scores.
fn predictions<'a>(data: &AuditData<'a>, options: &AuditOptions) -> Cow<'a, [u8]> {
    match (data.predictions, data.scores) {
        (Some(predictions), _) => Cow::Borrowed(predictions),
        (None, scores) => scores
            .unwrap_or_default()
            .iter()
            .map(|&score| u8::from(score >= options.threshold))
            .collect(),
    }
}

/// All non-empty subsets of the first `count` numbers: by size, then in lexicographic order.
fn subsets(count: usize) -> Vec<Vec<usize>> {
    let mut subsets: Vec<Vec<usize>> = (1usize..1 << count)
        .map(|bits| (0..count).filter(|index| bits >> index & 1 == 1).collect())
        .collect();
    subsets.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    subsets
}
