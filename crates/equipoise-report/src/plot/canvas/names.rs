//! Where names stand beside their marks so that they cover little.

/// A box by its middle and half its size, in pixels from the upper left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Region {
    middle: (f64, f64),
    half: (f64, f64),
}

/// A mark with a name, which may be empty; in pixels from the upper left corner.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Named<'a> {
    /// The middle of the mark.
    pub(super) at: (f64, f64),
    /// Half the size of the mark.
    pub(super) half: f64,
    /// The name.
    pub(super) name: &'a str,
    /// Whether the name had better stand to the left.
    pub(super) to_left: bool,
}

/// About how wide a letter is, and half the height of a name.
const LETTER: f64 = 6.8;
const HALF_HEIGHT: f64 = 5.5;

/// The directions that are tried, the best ones first: to the right, and above or below.
const DIRECTIONS: [(f64, f64); 10] = [
    (1.0, -1.0),
    (1.0, 0.0),
    (1.0, 1.0),
    (-1.0, -1.0),
    (-1.0, 0.0),
    (-1.0, 1.0),
    (0.0, -1.4),
    (0.0, 1.4),
    (1.6, -2.2),
    (1.6, 2.2),
];

/// The middles of all names, in order, within a frame of the given size. The line, a list of
/// points, is kept free where possible.
pub(super) fn placed(
    marks: &[Named<'_>],
    line: &[(f64, f64)],
    frame: (f64, f64),
) -> Vec<(f64, f64)> {
    let line = dots(line);
    let own: Vec<Region> = (marks.iter())
        .map(|mark| Region {
            middle: mark.at,
            half: (mark.half, mark.half),
        })
        .collect();
    // Those to the left choose first: they belong to the line.
    let mut order: Vec<usize> = (0..marks.len()).collect();
    order.sort_by_key(|place| !marks[*place].to_left);
    let mut names: Vec<Region> = Vec::new();
    let mut middles: Vec<(f64, f64)> = own.iter().map(|mark| mark.middle).collect();
    for place in order {
        let mark = &marks[place];
        if mark.name.is_empty() {
            continue;
        }
        let width = 0.5 * LETTER * mark.name.chars().count() as f64;
        let mut best: Option<(f64, Region)> = None;
        for (rank, (right, down)) in DIRECTIONS.into_iter().enumerate() {
            let right = if mark.to_left { -right } else { right };
            let away = (mark.half + 2.0 + width, mark.half + HALF_HEIGHT);
            let region = Region {
                middle: (mark.at.0 + right * away.0, mark.at.1 + down * away.1),
                half: (width, HALF_HEIGHT),
            };
            let cost = cost(&region, &own, &names, &line, frame) + rank as f64;
            if best.is_none_or(|(known, _)| cost < known) {
                best = Some((cost, region));
            }
        }
        if let Some((_, region)) = best {
            middles[place] = region.middle;
            names.push(region);
        }
    }
    middles
}

/// How much a name covers, in square pixels, what is worse counted more often.
fn cost(
    name: &Region,
    marks: &[Region],
    names: &[Region],
    line: &[(f64, f64)],
    frame: (f64, f64),
) -> f64 {
    let of_names: f64 = names.iter().map(|other| shared(name, other)).sum();
    let of_marks: f64 = marks.iter().map(|other| shared(name, other)).sum();
    let of_line = line
        .iter()
        .filter(|(x, y)| {
            (x - name.middle.0).abs() < name.half.0 && (y - name.middle.1).abs() < name.half.1
        })
        .count() as f64;
    let outside = |middle: f64, half: f64, end: f64| {
        (half - middle).max(0.0) + (middle + half - end).max(0.0)
    };
    3.0 * of_names
        + 2.0 * of_marks
        + 5.0 * of_line
        + 100.0 * outside(name.middle.0, name.half.0, frame.0)
        + 100.0 * outside(name.middle.1, name.half.1, frame.1)
}

/// The area that two boxes share.
fn shared(one: &Region, two: &Region) -> f64 {
    let along = |one: (f64, f64), two: (f64, f64)| {
        let from = (one.0 - one.1).max(two.0 - two.1);
        let to = (one.0 + one.1).min(two.0 + two.1);
        (to - from).max(0.0)
    };
    along((one.middle.0, one.half.0), (two.middle.0, two.half.0))
        * along((one.middle.1, one.half.1), (two.middle.1, two.half.1))
}

/// Points on a line, a few pixels apart.
fn dots(line: &[(f64, f64)]) -> Vec<(f64, f64)> {
    const PIECES: u8 = 40;
    line.windows(2)
        .flat_map(|ends| {
            let (from, to) = (ends[0], ends[1]);
            (0..=PIECES).map(move |piece| {
                let share = f64::from(piece) / f64::from(PIECES);
                (
                    from.0 + share * (to.0 - from.0),
                    from.1 + share * (to.1 - from.1),
                )
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(at: (f64, f64), name: &str) -> Named<'_> {
        Named {
            at,
            half: 5.0,
            name,
            to_left: false,
        }
    }

    #[test]
    fn names_of_neighbours_do_not_cover_each_other_or_a_mark() {
        let marks = [
            mark((100.0, 100.0), "A"),
            mark((106.0, 104.0), "B"),
            mark((112.0, 100.0), "C"),
            mark((112.0, 112.0), "D"),
        ];
        let found = placed(&marks, &[], (500.0, 300.0));
        let regions: Vec<Region> = (found.iter())
            .map(|middle| Region {
                middle: *middle,
                half: (0.5 * LETTER, HALF_HEIGHT),
            })
            .collect();
        for (place, one) in regions.iter().enumerate() {
            for two in &regions[..place] {
                assert!(shared(one, two) < 1e-9, "{found:?}");
            }
            for mark in &marks {
                let half = (mark.half, mark.half);
                let own = Region {
                    middle: mark.at,
                    half,
                };
                assert!(shared(one, &own) < 12.0, "{found:?}");
            }
        }
    }

    #[test]
    fn names_stay_within_the_frame() {
        let corners = [(2.0, 2.0), (498.0, 2.0), (2.0, 298.0), (498.0, 298.0)];
        for at in corners {
            let found = placed(&[mark(at, "002")], &[], (500.0, 300.0))[0];
            assert!((10.0..=490.0).contains(&found.0), "{at:?} {found:?}");
            assert!((5.0..=295.0).contains(&found.1), "{at:?} {found:?}");
        }
    }
}
