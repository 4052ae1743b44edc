//! Standard errors of functions of counts.

/// The standard error of a function of multinomial counts by the delta method:
///
/// ```text
/// se^2 = sum_i n_i g_i^2 - (sum_i n_i g_i)^2 / n,    g_i = df / dn_i
/// ```
///
/// with the derivatives taken as central differences. `counts` are the rows of each cell; `value`
/// is the function, `None` where it has no value.
///
/// `None` where there are no rows, and where the function has no value right beside the counts.
///
/// ```
/// use equipoise_metrics::delta_standard_error;
///
/// // The share of the first cell: the binomial standard error.
/// let share = |n: &[f64]| Some(n[0] / (n[0] + n[1]));
/// let error = delta_standard_error(&[30.0, 70.0], share).ok_or("no value")?;
/// assert!((error - (0.3f64 * 0.7 / 100.0).sqrt()).abs() < 1e-9);
/// # Ok::<(), &str>(())
/// ```
pub fn delta_standard_error(counts: &[f64], value: impl Fn(&[f64]) -> Option<f64>) -> Option<f64> {
    /// The share of a count by which it is moved to either side.
    const STEP: f64 = 1e-5;

    let rows: f64 = counts.iter().sum();
    if rows <= 0.0 {
        return None;
    }
    let mut moved = counts.to_vec();
    let (mut squares, mut sum) = (0.0, 0.0);
    for (cell, &count) in counts.iter().enumerate() {
        // A cell without rows has no variance: it adds nothing whatever its slope.
        if count <= 0.0 {
            continue;
        }
        let step = STEP * count;
        moved[cell] = count + step;
        let above = value(&moved)?;
        moved[cell] = count - step;
        let below = value(&moved)?;
        moved[cell] = count;
        let slope = (above - below) / (2.0 * step);
        squares += count * slope * slope;
        sum += count * slope;
    }
    let variance = squares - sum * sum / rows;
    // Rounding may leave a variance of 0 a little below it.
    variance.is_finite().then(|| variance.max(0.0).sqrt())
}
