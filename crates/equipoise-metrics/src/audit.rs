//! From rows to all metrics of all groups, with their uncertainty.

use equipoise_core::GroupSchema;
use rayon::prelude::*;

use crate::{
    Audit, AuditData, AuditOptions, AuditSchema, Error, GroupCube, MetricSpec, Record, ScoreSketch,
    audit_data::check_attributes,
    bounds, conditional,
    control::{Roles, Strata},
    multiple_testing::adjust_records,
    notes, reference,
    rows::{GroupScores, PreparedRows},
    section::Section,
    sections::{Sampling, Sections},
    tallies::Tallies,
    views::{Shape, View},
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
/// normal one, and all other functions of counts the percentiles of the cell bootstrap. Gaps,
/// smallest and largest values of independent groups have intervals that are made from those of
/// the groups ([`gap_interval`](crate::gap_interval)), so that equal groups are covered; gaps to
/// the overall value, means and sums of gaps have those of the bootstrap. Where an interval would be a single number, because all rows or all replicates
/// agree, there is none but a note: a width of 0 would pass for certainty. The result depends
/// neither on the order of the rows nor on the number of threads.
///
/// # Classes and outputs
///
/// Of an outcome of several classes, metrics are those of each class against the rest
/// ([`Record::class`](crate::Record::class)) and their `(macro)` mean, which has a value where all
/// classes have one; a fairness notion's is the mean of the gaps of the classes. Accuracy, error
/// rate, balanced accuracy, the correlation of Matthews (Gorodkin 2004) and the kappa of Cohen are
/// also those of the whole model. Of several outputs, `(micro)` puts the answers of all together.
///
/// # Weights, soft groups, entities
///
/// With weights, values are functions of sums of weights, and Wilson's and the normal intervals
/// count the effective number of rows of Kish (1965), `(sum of w)^2 / (sum of w^2)`. The bootstrap
/// draws rows of equal cell and weight together; where there are more than 2^14 kinds of them, the
/// rows of each cell stand as its effective number of rows, all of the same weight.
///
/// With soft groups, values come from rows that count into each group with its probability;
/// intervals of functions of counts come from drawing rows. With entities they come from drawing
/// entities with all their rows, and metrics of scores have none. Both
/// cost as many draws as there are different rows or entities, for each replicate; so do numbers
/// and outputs.
///
/// # Controls, references, bounds, tests
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
/// Bounds and tests are of binary labels, of each class against the rest and of each output; they
/// need rows without weights, entities and memberships.
///
/// # Errors
///
/// When there are no rows or no attributes, when the columns differ in length, when a label or a
/// prediction is not of the outcome (0 or 1, a class, a finite number), when a weight is not above
/// 0, when a score is NaN or outside `[0, 1]`, when an option is out of range, names an attribute
/// or group that does not exist, or is not made for such rows, when the convention needs a
/// reference group that is not named, or when the groups and the replicates are so many that the
/// bootstrap would hold more
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
    let metrics = options.metrics(&data.outcome)?;
    let rows = PreparedRows::new(data, options.threshold)?;
    check_counted(&rows, options)?;
    let tallies = Tallies::new(&rows)?;
    let needs = |wanted: fn(&MetricSpec) -> bool| metrics.iter().any(|spec| wanted(spec));
    let scores = needs(MetricSpec::needs_scores).then(|| rows.scores(data));
    let predictions = needs(|spec| !spec.is_of_sums() && spec.is_of_regression())
        .then(|| rows.sorted_predictions())
        .flatten();
    let schema = rows.schema();
    let summary = Summary {
        schema,
        rows: rows.len() as u64,
        classes: data.outcome.names(),
        sampling: sampling(&rows),
        is_weighted: rows.weights.is_some(),
    };
    summary.audit(&metrics, options, |positions| {
        Ok(Section {
            tallies: tallies.roll_up(positions),
            scores: scores
                .iter()
                .flatten()
                .map(|(view, sorted)| (*view, sorted.of_groups(schema, positions)))
                .collect(),
            predictions: predictions
                .as_ref()
                .map(|sorted| sorted.of_groups(schema, positions))
                .unwrap_or_default(),
        })
    })
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
    let metrics = options.binary_metrics(sketch.is_some())?;
    let sketch = sketch.filter(|_| metrics.iter().any(|spec| spec.needs_scores()));
    let tallies = Tallies::of_cube(cube)?;
    let summary = Summary {
        schema: cube.schema(),
        rows: cube.rows(),
        classes: Vec::new(),
        sampling: Sampling::Cells,
        is_weighted: false,
    };
    let mut audit = summary.audit(&metrics, options, |positions| {
        let distributions = sketch.map(|sketch| sketch.distributions(positions));
        let scores = distributions.transpose()?.map(|distributions| {
            let groups = distributions.into_iter().map(|distribution| GroupScores {
                distribution,
                weighting: None,
            });
            (View::Whole, groups.collect())
        });
        Ok(Section {
            tallies: tallies.roll_up(positions),
            scores: scores.into_iter().collect(),
            predictions: Vec::new(),
        })
    })?;
    if sketch.is_some() {
        audit.notes.push(notes::sketched(ScoreSketch::BINS));
    }
    Ok(audit)
}

/// What is known of the rows of an audit besides their sums and scores.
struct Summary<'a> {
    schema: &'a GroupSchema,
    rows: u64,
    classes: Vec<&'a str>,
    sampling: Sampling,
    is_weighted: bool,
}

impl Summary<'_> {
    /// All records; `section` has the sums and scores of the groups of some attributes, by
    /// position.
    fn audit(
        &self,
        metrics: &[&'static MetricSpec],
        options: &AuditOptions,
        section: impl Fn(&[usize]) -> Result<Section, Error> + Sync,
    ) -> Result<Audit, Error> {
        let schema = self.schema;
        let roles = Roles::new(schema, options)?;
        reference::check(schema, &roles.compared, options)?;
        bounds::check(schema, &roles.compared, options)?;
        let of_everybody = |everybody: Section| {
            Sections::new(
                options,
                metrics,
                self.classes.clone(),
                (self.sampling, self.is_weighted),
                everybody,
            )
        };
        let controls = roles.controls.len();
        let strata = Strata::new(controls, &section(&roles.controls)?, of_everybody);
        let sections = of_everybody(section(&[])?);
        let subsets: Vec<Vec<usize>> = subsets(roles.compared.len())
            .into_iter()
            .map(|subset| subset.iter().map(|&at| roles.compared[at]).collect())
            .collect();
        // Of all sections, that of the full intersection has the most groups.
        if let Some(positions) = subsets.last() {
            sections.check_bootstrap_size(&section(positions)?)?;
        }
        let mut records = sections.records(&sections.everybody);
        let mut notes = sections.notes();
        records.extend(strata.of_everybody());
        notes.extend(strata.notes());
        let of_subset = |positions: &Vec<usize>| -> Result<(Vec<Record>, Vec<String>), Error> {
            let of_groups = section(positions)?;
            let mut records = sections.records(&of_groups);
            if controls > 0 {
                let joint = section(&[&roles.controls[..], positions].concat())?;
                records.extend(conditional::records(&sections, &joint, controls));
                records.extend(strata.records(&joint));
            }
            Ok((records, sections.notes_on(&of_groups)))
        };
        // Scores take as much memory as the rows: those of one section at a time.
        let of_subsets: Vec<_> = if metrics.iter().all(|spec| spec.is_of_sums()) {
            subsets.par_iter().map(of_subset).collect()
        } else {
            subsets.iter().map(of_subset).collect()
        };
        for of_subset in of_subsets {
            let (of_subset, on_subset) = of_subset?;
            records.extend(of_subset);
            notes.extend(on_subset);
        }
        notes.extend(adjust_records(&mut records, options.correction));
        let compared = roles.compared.iter();
        let attributes = compared.map(|&at| &schema.attributes()[at]);
        Ok(Audit {
            schema: AuditSchema::V1,
            rows: self.rows,
            convention: options.convention,
            confidence: options.confidence,
            min_count: options.min_count(),
            min_count_excludes: options.min_count_excludes,
            attributes: attributes.map(|a| a.name().to_owned()).collect(),
            strata: strata.with_rows(),
            records,
            notes,
        })
    }
}

/// Checks that bounds and tests, where they are asked for, can be had of such rows.
fn check_counted(rows: &PreparedRows<'_>, options: &AuditOptions) -> Result<(), Error> {
    let asked = [
        ("bounds", !options.bounds.is_empty()),
        ("permutations", options.permutations > 0),
    ];
    let found = match rows.shape() {
        _ if rows.weights.is_some() => "weights",
        _ if rows.entities.is_some() => "entities",
        _ if rows.are_soft() => "groups known as probabilities",
        Shape::Numbers { .. } => "predicted numbers",
        Shape::Binary | Shape::Classes(_) | Shape::Outputs(_) => return Ok(()),
    };
    match asked.into_iter().find(|(_, asked)| *asked) {
        Some((option, _)) => Err(Error::NeedsCountedRows { option, found }),
        None => Ok(()),
    }
}

/// What the bootstrap takes the rows for.
fn sampling(rows: &PreparedRows<'_>) -> Sampling {
    match rows.shape() {
        _ if rows.entities.is_some() => Sampling::Entities,
        _ if rows.are_soft() => Sampling::SoftRows,
        Shape::Binary | Shape::Classes(_) => Sampling::Cells,
        Shape::Outputs(_) | Shape::Numbers { .. } => Sampling::Rows,
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
