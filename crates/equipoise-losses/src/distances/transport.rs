//! How far the mass of one distribution of numbers is moved to make another one of it.

use burn::tensor::{Int, Tensor};

use super::GroupWeights;

/// The first Wasserstein distance of the groups from their barycentre, for each column of some
/// values, `[batch, columns]`, as `[1, columns]`:
///
/// ```text
/// sum_j pi_j int |Q_j(u) - Q(u)| du / (1 - sum_j pi_j^2)  with  Q = sum_j pi_j Q_j
/// ```
///
/// for the quantile functions `Q_j`. The divisor makes it the distance between the two groups
/// where there are two.
pub(super) fn distance_from_barycentre(values: &Tensor<2>, weights: &GroupWeights) -> Tensor<2> {
    let [_, columns] = values.dims();
    let order = values.clone().detach().argsort(0);
    let sorted = values.clone().gather(0, order.clone());
    let steps = cumulative_weights(weights, &order);
    match steps.as_slice() {
        [first, second] => {
            between_two(sorted, first, second).mul(both_present(weights).expand([1, columns]))
        }
        _ => among_several(&sorted, steps, weights),
    }
}

/// The cumulative distribution of each group at the values in their order, `[batch, columns]`
/// each.
fn cumulative_weights(weights: &GroupWeights, order: &Tensor<2, Int>) -> Vec<Tensor<2>> {
    let dims = order.dims();
    let distributions = weights.distributions();
    (0..weights.groups())
        .map(|group| {
            let column = distributions.clone().narrow(1, group, 1).expand(dims);
            column.gather(0, order.clone()).cumsum(0)
        })
        .collect()
}

fn both_present(weights: &GroupWeights) -> Tensor<2> {
    weights.comparable().reshape([1, 1])
}

/// `int |F_0(t) - F_1(t)| dt`, which is the distance between quantiles turned on its side.
fn between_two(sorted: Tensor<2>, first: &Tensor<2>, second: &Tensor<2>) -> Tensor<2> {
    let [rows, columns] = sorted.dims();
    if rows < 2 {
        // One row is of one group: nothing to move, and a gradient of 0.
        return sorted.mul_scalar(0.0);
    }
    let gaps = sorted
        .clone()
        .narrow(0, 1, rows - 1)
        .sub(sorted.narrow(0, 0, rows - 1));
    let heights = first
        .clone()
        .sub(second.clone())
        .abs()
        .narrow(0, 0, rows - 1);
    gaps.mul(heights).sum_dim(0).reshape([1, columns])
}

/// The integral over the levels at which the quantile function of any group steps.
fn among_several(sorted: &Tensor<2>, steps: Vec<Tensor<2>>, weights: &GroupWeights) -> Tensor<2> {
    let [rows, columns] = sorted.dims();
    let groups = steps.len();
    let all = Tensor::cat(steps, 0);
    let order = all.clone().argsort(0);
    let levels = all.gather(0, order.clone());
    let [count, _] = levels.dims();
    let before = Tensor::cat(
        vec![
            levels.zeros_like().narrow(0, 0, 1),
            levels.clone().narrow(0, 0, count - 1),
        ],
        0,
    );
    let widths = levels.sub(before);
    let group_of_step = order.clone().div_scalar(as_int(rows));
    let shares = weights.shares();
    // The quantile of a group up to a level is the value at which its next step stands.
    let quantiles: Vec<Tensor<2>> = (0..groups)
        .map(|group| {
            let own = group_of_step.clone().equal_scalar(as_int(group)).int();
            let index = own
                .clone()
                .cumsum(0)
                .sub(own)
                .clamp_max(as_int(rows.saturating_sub(1)));
            sorted.clone().gather(0, index)
        })
        .collect();
    let share = |group: usize| shares.clone().narrow(1, group, 1).expand([count, columns]);
    let barycentre = quantiles
        .iter()
        .enumerate()
        .map(|(group, quantile)| quantile.clone().mul(share(group)))
        .reduce(Tensor::add);
    let Some(barycentre) = barycentre else {
        return sorted.zeros_like().sum_dim(0);
    };
    let moved = quantiles
        .into_iter()
        .enumerate()
        .map(|(group, quantile)| quantile.sub(barycentre.clone()).abs().mul(share(group)))
        .reduce(Tensor::add);
    let Some(moved) = moved else {
        return sorted.zeros_like().sum_dim(0);
    };
    let spread = shares.clone().mul(shares).sum_dim(1).neg().add_scalar(1.0);
    let alone = spread.clone().lower_equal_scalar(0.0);
    let spread = spread.mask_fill(alone, 1.0).expand([1, columns]);
    moved
        .mul(widths)
        .sum_dim(0)
        .div(spread)
        .mul(both_present(weights).expand([1, columns]))
}

fn as_int(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
