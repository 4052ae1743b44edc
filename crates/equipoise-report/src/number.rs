//! How numbers are written: three significant digits, a true minus, never "NaN".

/// What stands in the place of a number that could not be estimated.
pub(crate) const NOT_ESTIMABLE: &str = "not estimable";

/// In what a number is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// A share: `84.9%`; its differences are percentage points.
    Percent,
    /// A number without a unit: `0.912`.
    Plain,
    /// A difference of shares: `19.1 points`.
    Points,
}

impl Unit {
    /// The value in this unit.
    pub(crate) fn value(self, value: f64) -> String {
        match self {
            Self::Percent => format!("{}%", in_hundreds(value)),
            Self::Plain => significant(value),
            Self::Points => points(value),
        }
    }

    /// The size of a difference of two values, without its sign.
    pub(crate) fn distance(self, difference: f64) -> String {
        match self {
            Self::Percent | Self::Points => points(difference.abs()),
            Self::Plain => significant(difference.abs()),
        }
    }

    /// Two ends of an interval, the unit said once: `17.6% to 20.7%`, `17.6 to 20.7 points`.
    pub(crate) fn interval(self, low: f64, high: f64) -> String {
        match self {
            Self::Percent => format!("{} to {}", self.value(low), self.value(high)),
            Self::Plain => format!("{} to {}", significant(low), significant(high)),
            Self::Points => format!("{} to {}", in_hundreds(low), points(high)),
        }
    }
}

/// A difference of shares in percentage points: `19.1 points`.
fn points(value: f64) -> String {
    format!("{} points", in_hundreds(value))
}

/// A share times 100, to at most a hundredth of a point.
fn in_hundreds(value: f64) -> String {
    rounded(100.0 * value, 2)
}

/// A number with three significant digits, and at most four behind the point.
///
/// ```text
/// 84.912 -> 84.9    0.91249 -> 0.912    12345.6 -> 12,346    -0.0004 -> −0.0004
/// ```
pub(crate) fn significant(value: f64) -> String {
    rounded(value, 4)
}

/// A number with three significant digits, and at most `most` behind the point.
fn rounded(value: f64, most: u8) -> String {
    if !value.is_finite() {
        return NOT_ESTIMABLE.to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let smallest = 10_f64.powi(-i32::from(most));
    if value.abs() < 0.5 * smallest {
        return if value < 0.0 {
            format!("between −{smallest} and 0")
        } else {
            format!("below {smallest}")
        };
    }
    // `{:e}` rounds before it names the exponent, so that 9.996 counts as 10.
    let exponent: i32 = format!("{:.2e}", value.abs())
        .split_once('e')
        .and_then(|(_, exponent)| exponent.parse().ok())
        .unwrap_or_default();
    let decimals = usize::try_from((2 - exponent).clamp(0, i32::from(most))).unwrap_or_default();
    let magnitude = grouped(&format!("{:.decimals$}", value.abs()));
    if value < 0.0 {
        format!("−{magnitude}")
    } else {
        magnitude
    }
}

/// A count with separators: `16,280`.
pub(crate) fn count(value: impl Into<u128>) -> String {
    grouped(&value.into().to_string())
}

/// A whole number with separators, for axes: `25,000`.
pub(crate) fn whole(value: f64) -> String {
    grouped(&format!("{value:.0}"))
}

/// A share in whole or half per cent, for confidence levels: `95%`, `99.5%`.
pub(crate) fn confidence(value: f64) -> String {
    let tenths = (value * 1000.0).round() / 10.0;
    format!("{tenths}%")
}

/// Puts a comma before each group of three digits ahead of the decimal point.
fn grouped(digits: &str) -> String {
    let (whole, rest) = digits
        .find('.')
        .map_or((digits, ""), |at| digits.split_at(at));
    let mut text = String::with_capacity(digits.len() + whole.len() / 3);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_are_kept() {
        for (value, text) in [
            (84.912, "84.9"),
            (0.912_49, "0.912"),
            (9.996, "10.0"),
            (99.96, "100"),
            (12_345.6, "12,346"),
            (-1.1, "−1.10"),
            (0.0, "0"),
            (-0.0, "0"),
            (0.000_04, "below 0.0001"),
            (-0.000_04, "between −0.0001 and 0"),
            (f64::NAN, "not estimable"),
            (f64::INFINITY, "not estimable"),
        ] {
            assert_eq!(significant(value), text, "{value}");
        }
    }

    #[test]
    fn units_are_said_once() {
        assert_eq!(Unit::Percent.interval(0.176, 0.2069), "17.6% to 20.7%");
        assert_eq!(Unit::Points.interval(0.176, 0.2069), "17.6 to 20.7 points");
        assert_eq!(Unit::Plain.interval(0.176, 0.2069), "0.176 to 0.207");
        assert_eq!(Unit::Percent.distance(-0.011), "1.10 points");
        assert_eq!(Unit::Points.value(0.000_498), "0.05 points");
        assert_eq!(Unit::Points.value(0.000_004), "below 0.01 points");
    }

    #[test]
    fn counts_are_grouped() {
        assert_eq!(count(16_280_u64), "16,280");
        assert_eq!(count(999_u64), "999");
        assert_eq!(count(1_000_000_u64), "1,000,000");
    }

    #[test]
    fn confidence_levels_are_short() {
        assert_eq!(confidence(0.95), "95%");
        assert_eq!(confidence(0.995), "99.5%");
    }
}
