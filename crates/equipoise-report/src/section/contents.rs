//! The chapters of the page, numbered as they come.

/// The chapters that a page has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Contents {
    /// The chapters, in order.
    pub(crate) chapters: Vec<Chapter>,
}

/// One chapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chapter {
    /// The id in the page.
    pub(crate) id: &'static str,
    /// The number, from 1.
    pub(crate) number: usize,
    /// The heading.
    pub(crate) title: &'static str,
}

impl Contents {
    /// Chapters given by id, heading, and whether they have something to say; those that have
    /// not are left out.
    pub(crate) fn of(
        chapters: impl IntoIterator<Item = (&'static str, &'static str, bool)>,
    ) -> Self {
        Self {
            chapters: chapters
                .into_iter()
                .filter(|(.., shown)| *shown)
                .zip(1..)
                .map(|((id, title, _), number)| Chapter { id, number, title })
                .collect(),
        }
    }

    /// The chapter of an id, or `None` where it is left out.
    pub(crate) fn chapter(&self, id: &str) -> Option<&Chapter> {
        self.chapters.iter().find(|chapter| chapter.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_no_holes() {
        let contents = Contents::of([("a", "A", true), ("b", "B", false), ("c", "C", true)]);
        assert_eq!(contents.chapter("b"), None);
        assert_eq!(contents.chapter("c").map(|chapter| chapter.number), Some(2));
    }
}
