//! From rows to all metrics of all groups, with their uncertainty.

use std::borrow::Cow;

use crate::{
    Audit, AuditData, AuditOptions, AuditSchema, Error, GroupCube, MetricSpec, Outcome,
    ScoreDistribution, ScoreSketch,
    audit_data::check_attributes,
    bounds, conditional,
    control::{Roles, Strata},
    multiple_testing::adjust_records,
    notes, reference,
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
/// # Errors
///
/// When there are no rows or no attributes, when the columns differ in length, when a label or a
/// prediction is neither 0 nor 1, when a score is NaN or outside `[0, 1]`, when an option is out
/// of range, or when the groups and the replicates are so many that the bootstrap would hold more
/// than 2^27 numbers (one gibibyte). One class only, or one group only, is no error. Rows are
/// named by their place in the slices, counted from 0.
///
/// ```
/// use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema};
/// use equipoise_metrics::{AuditData, AuditOptions, Method, Scope, audit};
///
/// let schema = GroupSchema::new(vec![GroupAttribute::new("sex", ["Female", "Male"])?])?;
/// let groups = GroupColumns::new(schema, vec![vec![0, 0, 0, 0, 1, 1, 1, 1]])?;
/// let audit = audit(
///     &AuditData::binary(&groups, &[0, 0, 1, 1, 0, 0, 1, 1])
///         .with_predictions(&[0, 0, 0, 1, 0, 1, 1, 1]),
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
    let Outcome::Binary {
        labels,
        predictions,
        scores,
    } = data.outcome
    else {
        return Err(Error::NotAudited {
            what: data.outcome.kind(),
        });
    };
    for (what, given) in [
        ("an outcome with weights", data.weights.is_some()),
        ("an outcome of entities", data.entities.is_some()),
        ("an outcome of soft groups", !data.memberships.is_empty()),
    ] {
        if given {
            return Err(Error::NotAudited { what });
        }
    }
    let metrics = options.metrics(scores.is_some())?;
    let predicted = binary_predictions(predictions, scores, options.threshold);
    let cube = GroupCube::from_rows(data.groups, labels, &predicted)?;
    let sorted = scores
        .filter(|_| metrics.iter().any(|spec| !spec.is_count_based()))
        .map(|scores| SortedScores::new(scores, labels, &data.groups.cells()));
    let distributions = |positions: &[usize]| {
        Ok(sorted.as_ref().map_or_else(Vec::new, |sorted| {
            sorted.distributions(cube.schema(), positions)
        }))
    };
    audit_counted(&cube, distributions, &metrics, options)
}

/// Audits rows that were counted before: in a stream, by many processes, on other machines.
///
/// The metrics of counts are those that [`audit`] finds from the same rows. Those of scores are
/// made from the sketch, within [`ScoreSketch::error_bound`], and a note says so; without one they
/// are left out.
///
/// # Errors
///
/// When the cube has no rows or no attributes; when the sketch is of other groups or of another
/// number of rows; when a metric needs scores and there are none; and when an option is out of
/// range or the bootstrap too large, as for [`audit`].
///
/// ```
/// use equipoise_core::{GroupAttribute, GroupSchema};
/// use equipoise_metrics::{AuditOptions, GroupCube, audit_cube};
///
/// let schema = GroupSchema::new(vec![GroupAttribute::new("sex", ["Female", "Male"])?])?;
/// let mut cube = GroupCube::empty(schema);
/// for (group, label, prediction) in [(0, 1, 1), (0, 0, 0), (1, 1, 0), (1, 0, 0)] {
///     cube.update_slices(&[&[group]], &[label], &[prediction])?;
/// }
/// let audit = audit_cube(&cube, None, &AuditOptions::default())?;
/// let accuracy = audit.overall("accuracy").ok_or("not audited")?;
/// assert_eq!(accuracy.value, Some(0.75));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn audit_cube(
    cube: &GroupCube,
    sketch: Option<&ScoreSketch>,
    options: &AuditOptions,
) -> Result<Audit, Error> {
    check_attributes(cube.schema())?;
    if cube.rows() == 0 {
        return Err(Error::NoRows);
    }
    if let Some(sketch) = sketch {
        cube.expect_schema(sketch.schema())?;
        if sketch.rows() != cube.rows() {
            let size = |rows| usize::try_from(rows).unwrap_or(usize::MAX);
            return Err(Error::Lengths {
                what: "sketched scores",
                expected: size(cube.rows()),
                found: size(sketch.rows()),
            });
        }
    }
    options.check()?;
    let metrics = options.metrics(sketch.is_some())?;
    let needs_scores = metrics.iter().any(|spec| !spec.is_count_based());
    let sketch = sketch.filter(|_| needs_scores);
    let distributions = |positions: &[usize]| match sketch {
        Some(sketch) => sketch.distributions(positions),
        None => Ok(Vec::new()),
    };
    let mut audit = audit_counted(cube, distributions, &metrics, options)?;
    if sketch.is_some() {
        audit.notes.push(notes::sketched(ScoreSketch::BINS));
    }
    Ok(audit)
}

fn audit_counted(
    cube: &GroupCube,
    distributions: impl Fn(&[usize]) -> Result<Vec<ScoreDistribution>, Error>,
    metrics: &[&'static MetricSpec],
    options: &AuditOptions,
) -> Result<Audit, Error> {
    let section = |positions: &[usize]| -> Result<Section, Error> {
        Ok(Section {
            cube: cube.roll_up(positions)?,
            scores: distributions(positions)?,
        })
    };
    let roles = Roles::new(cube.schema(), options)?;
    reference::check(cube.schema(), &roles.compared, options)?;
    bounds::check(cube.schema(), &roles.compared, options)?;
    let strata = Strata::new(options, metrics, &roles, cube.schema(), section)?;
    let sections = Sections::new(options, metrics, section(&[])?);
    // Of all sections, that of the full intersection has the most groups.
    sections.check_bootstrap_size(cube)?;
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
                &sections, metrics, options, &joint, controls,
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
fn binary_predictions<'a>(
    predictions: Option<&'a [u8]>,
    scores: Option<&[f64]>,
    threshold: f64,
) -> Cow<'a, [u8]> {
    match (predictions, scores) {
        (Some(predictions), _) => Cow::Borrowed(predictions),
        (None, scores) => scores
            .unwrap_or_default()
            .iter()
            .map(|&score| u8::from(score >= threshold))
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
