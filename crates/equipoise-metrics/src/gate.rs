//! Fairness gates: limits that fail a build.

use std::{fmt, str::FromStr};

use serde::Serialize;

use crate::{
    Attributes, Audit, Error, MACRO, MICRO, Quantity, Record, Scope, gate_selector::Selector,
};

/// A condition under which an audit fails, such as `demographic_parity_difference>0.1`.
///
/// `quantity operator number`, where the operator is one of `>`, `>=`, `<`, `<=`. After the
/// quantity, `{class=b}` names a class or output, `{age=young}` a stratum of control attributes,
/// and `{class=b, age=young}` both; `*` in the place of a value stands for each of them, and every
/// stratum that fits is judged. Without, the gate looks at the whole model and all strata together
/// ([`Audit::overall`]). Behind these, `[sex]` or `@sex` names the attribute, and `[sex,race]` or `@sex*race` an
/// intersection; without, the gate looks at each attribute alone. A quantity against the reference
/// group, such as `demographic_parity_difference_to_reference<-0.1`, is judged for each group.
///
/// What is not known to be fair does not pass for fair. So a gate also fails where the value is
/// not estimable, and where the value leaves out a group that has rows but no value of its own
/// ([`Record::without_value`]): a group without a positive label has no true positive rate, and
/// the gap between all others does not say how it is treated. Groups without rows, and small ones
/// that [`min_count_excludes`](crate::AuditOptions::min_count_excludes) keeps out, fail no gate.
///
/// ```
/// use equipoise_metrics::Gate;
///
/// let gates = Gate::parse_list(
///     "equalized_odds_difference[sex,race]>0.1, worst_group_accuracy<0.8, \
///      true_positive_rate_difference{class=*, site=north}[sex]>0.1",
/// )?;
/// assert_eq!(gates.len(), 3);
/// # Ok::<(), equipoise_metrics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Gate {
    text: String,
    name: String,
    quantity: Quantity,
    selector: Selector,
    by: Option<Vec<String>>,
    operator: Operator,
    limit: f64,
}

#[derive(Debug, Clone, Copy)]
enum Operator {
    Above,
    AtLeast,
    Below,
    AtMost,
}

impl Operator {
    /// The longer spellings come first, so that `>=` is not read as `>`.
    const SPELLINGS: [(&'static str, Self); 4] = [
        (">=", Self::AtLeast),
        ("<=", Self::AtMost),
        (">", Self::Above),
        ("<", Self::Below),
    ];

    fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Self::Above => value > limit,
            Self::AtLeast => value >= limit,
            Self::Below => value < limit,
            Self::AtMost => value <= limit,
        }
    }
}

/// What a gate says of one section of an audit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GateOutcome {
    /// The gate as written.
    pub gate: String,
    /// The quantity as written.
    pub name: String,
    /// The class or output, or the mean of several; `None` for a value of the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// The stratum; `None` for a value of all strata together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control: Option<Attributes>,
    /// The attributes whose groups were compared; empty for an overall value.
    pub by: Vec<String>,
    /// The group that was compared with the reference group; `None` for all other values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<Attributes>,
    /// The value; `None` where it is not estimable.
    pub value: Option<f64>,
    /// Why there is no value, or for which groups it does not speak.
    pub reason: Option<String>,
    /// Whether the gate failed.
    pub failed: bool,
}

/// ``demographic_parity_difference by sex is 0.1896: gate `..>0.1` failed``.
impl fmt::Display for GateOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        match self.class.as_deref() {
            None => {}
            Some(mean @ (MACRO | MICRO)) => write!(f, " {mean}")?,
            Some(class) => write!(f, " of class {class}")?,
        }
        if let Some(group) = &self.group {
            write!(f, " of {group}")?;
        } else if !self.by.is_empty() {
            write!(f, " by {}", self.by.join(" x "))?;
        }
        if let Some(stratum) = &self.control {
            write!(f, " within {stratum}")?;
        }
        match (self.value, &self.reason) {
            (Some(value), Some(reason)) => write!(f, " is {value:.4}, but {reason}")?,
            (Some(value), None) => write!(f, " is {value:.4}")?,
            (None, Some(reason)) => write!(f, " is not estimable ({reason})")?,
            (None, None) => f.write_str(" is not estimable")?,
        }
        let verdict = if self.failed { "failed" } else { "met" };
        write!(f, ": gate `{}` {verdict}", self.gate)
    }
}

impl Gate {
    /// Several gates, separated by commas.
    ///
    /// # Errors
    ///
    /// When one cannot be read, or names a quantity that does not exist.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, Error> {
        let mut depth = 0usize;
        text.split(|letter| {
            match letter {
                '[' | '{' => depth += 1,
                ']' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            letter == ',' && depth == 0
        })
        .map(str::parse)
        .collect()
    }

    /// The gate as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The value that is limited.
    pub fn quantity(&self) -> Quantity {
        self.quantity
    }

    /// The attributes whose groups or intersections it looks at; `None` where it looks at each
    /// attribute alone.
    pub fn attributes(&self) -> Option<&[String]> {
        self.by.as_deref()
    }

    /// What it selects besides attributes: `class` with the name of a class or output, and control
    /// attributes with their values.
    pub fn selected(&self) -> &[(String, String)] {
        self.selector.pairs()
    }

    /// Judges an audit: one outcome for each class, stratum and set of attributes that the gate
    /// looks at, or for each of their groups.
    ///
    /// # Errors
    ///
    /// When the audit does not have the class or the stratum, or does not hold the quantity for
    /// these attributes.
    pub fn evaluate(&self, audit: &Audit) -> Result<Vec<GateOutcome>, Error> {
        let classes = self.selector.classes(audit, &self.text)?;
        let mut outcomes = Vec::new();
        for stratum in self.selector.strata(audit, &self.text)? {
            let within = stratum.as_ref().map(|stratum| audit.within(stratum));
            let audit = within.as_ref().unwrap_or(audit);
            for class in &classes {
                let judged = self.evaluate_class(audit, class.as_deref())?;
                outcomes.extend(judged.into_iter().map(|outcome| GateOutcome {
                    control: stratum.as_ref().map(|stratum| stratum.control.clone()),
                    ..outcome
                }));
            }
        }
        Ok(outcomes)
    }

    fn evaluate_class(
        &self,
        audit: &Audit,
        class: Option<&str>,
    ) -> Result<Vec<GateOutcome>, Error> {
        if self.quantity.scope() == Scope::Overall {
            return self.outcomes(audit, class, &[]);
        }
        let sections = match &self.by {
            // In the order that the audit has them, whatever the order in the gate.
            Some(by) => {
                let asked = audit.attributes.iter().filter(|name| by.contains(name));
                let mut section: Vec<&str> = asked.map(String::as_str).collect();
                let unknown = by.iter().filter(|name| !audit.attributes.contains(name));
                section.extend(unknown.map(String::as_str));
                vec![section]
            }
            None => audit
                .attributes
                .iter()
                .map(|name| vec![name.as_str()])
                .collect(),
        };
        let of_sections = sections
            .into_iter()
            .map(|by| self.outcomes(audit, class, &by));
        Ok(of_sections.collect::<Result<Vec<_>, _>>()?.concat())
    }

    fn outcomes(
        &self,
        audit: &Audit,
        class: Option<&str>,
        by: &[&str],
    ) -> Result<Vec<GateOutcome>, Error> {
        let records = match class {
            Some(class) => self.quantity.find_all_of(audit, by, class),
            None => self.quantity.find_all(audit, by),
        };
        if records.is_empty() {
            return Err(Error::GateNotAudited {
                gate: self.text.clone(),
                name: self.name.clone(),
                by: by.join(", "),
            });
        }
        let by: Vec<String> = by.iter().map(|&name| name.to_owned()).collect();
        let outcomes = records.into_iter();
        Ok(outcomes
            .map(|record| self.outcome(by.clone(), record))
            .collect())
    }

    fn outcome(&self, by: Vec<String>, record: &Record) -> GateOutcome {
        let reason = record.reason.clone().or_else(|| record.gap_in_groups());
        let crossed = |value| self.operator.holds(value, self.limit);
        GateOutcome {
            gate: self.text.clone(),
            name: self.name.clone(),
            class: record.class.clone(),
            control: None,
            by,
            group: record
                .attributes
                .clone()
                .filter(|_| record.reference.is_some()),
            value: record.value,
            failed: reason.is_some() || record.value.is_none_or(crossed),
            reason,
        }
    }
}

impl FromStr for Gate {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let wrong = |problem: &str| Error::GateSyntax {
            gate: text.to_owned(),
            problem: problem.to_owned(),
        };
        let end = text
            .find(['{', '[', '@', '<', '>'])
            .ok_or_else(|| wrong("no operator, expected one of >, >=, <, <="))?;
        let (name, rest) = (text[..end].trim(), &text[end..]);
        let (selector, rest) = if let Some(rest) = rest.strip_prefix('{') {
            let (pairs, rest) = rest
                .split_once('}')
                .ok_or_else(|| wrong("`{` is not closed"))?;
            let selector = Selector::parse(pairs).map_err(|problem| wrong(&problem))?;
            (selector, rest.trim_start())
        } else {
            (Selector::default(), rest)
        };
        let (by, rest) = if let Some(rest) = rest.strip_prefix('[') {
            let (names, rest) = rest
                .split_once(']')
                .ok_or_else(|| wrong("`[` is not closed"))?;
            (Some(attributes(names)), rest)
        } else if let Some(rest) = rest.strip_prefix('@') {
            let end = rest
                .find(['<', '>'])
                .ok_or_else(|| wrong("no operator, expected one of >, >=, <, <="))?;
            (Some(attributes(&rest[..end])), &rest[end..])
        } else {
            (None, rest)
        };
        if by
            .as_ref()
            .is_some_and(|by| by.iter().any(String::is_empty))
        {
            return Err(wrong("an attribute has no name"));
        }
        let (operator, number) = Operator::SPELLINGS
            .into_iter()
            .find_map(|(spelling, operator)| {
                let number = rest.trim_start().strip_prefix(spelling)?;
                Some((operator, number.trim()))
            })
            .ok_or_else(|| wrong("no operator, expected one of >, >=, <, <="))?;
        let limit: f64 = number
            .parse()
            .ok()
            .filter(|limit: &f64| limit.is_finite())
            .ok_or_else(|| wrong(&format!("`{number}` is not a finite number")))?;
        let quantity: Quantity = name.parse().map_err(|error| match error {
            Error::UnknownQuantity { name, closest } => Error::GateName {
                gate: text.to_owned(),
                name,
                closest,
            },
            error => error,
        })?;
        if by.is_some() && quantity.scope() == Scope::Overall {
            return Err(wrong(&format!(
                "`{name}` is a value of all rows, which has no attribute"
            )));
        }
        Ok(Self {
            text: text.to_owned(),
            name: name.to_owned(),
            quantity,
            selector,
            by,
            operator,
            limit,
        })
    }
}

fn attributes(names: &str) -> Vec<String> {
    let names = names.split([',', '*']);
    names.map(|name| name.trim().to_owned()).collect()
}
