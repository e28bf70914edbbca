//! Bugs that are planted on purpose, to show that the [contract suite](crate::contract) finds them.
//!
//! No part of the simulator that anybody uses: without the feature `__defects` nothing can be planted, [`Planted`] has no room, and
//! nothing is left of the seams. Whoever reads the simulator may pass over every line that has `defect::` in it.
//!
//! A defect is put where its part of the simulator hands something on: what a request is before it is read ([`admission`]), who calls
//! ([`tokens`]), how a session goes on ([`course`]), what is kept ([`store`]), an answer before it goes out ([`answers`]), a
//! webhook before it is sent ([`webhooks`]), and the control API ([`control`]). It is no [fault](super::fault), which somebody asks for to see how a client lives with it.

pub(super) mod admission;
pub(super) mod answers;
pub(super) mod control;
pub(super) mod course;
pub(super) mod store;
pub(super) mod table;
pub(super) mod tokens;
pub(super) mod webhooks;

pub(super) use self::table::Defect;

/// The part of the simulator that a [`Defect`] is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Part {
    /// What is taken and what is refused.
    Admission,
    /// Who may call, and for how long.
    Tokens,
    /// How a session goes on and ends.
    Course,
    /// What is kept, and found again.
    Store,
    /// What is answered.
    Answers,
    /// What receivers are told.
    Webhooks,
    /// The control API.
    Control,
}

/// The defect that is planted, if there is one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Planted {
    #[cfg(feature = "__defects")]
    defect: Option<Defect>,
}

#[cfg(feature = "__defects")]
impl From<Defect> for Planted {
    fn from(defect: Defect) -> Self {
        Self {
            defect: Some(defect),
        }
    }
}

impl Planted {
    #[cfg(feature = "__defects")]
    #[inline]
    pub(super) const fn get(self) -> Option<Defect> {
        self.defect
    }

    /// None, whatever is asked: what depends on it is not even compiled into anything.
    #[cfg(not(feature = "__defects"))]
    #[inline]
    #[expect(
        clippy::unused_self,
        reason = "with the feature there is something in it"
    )]
    pub(super) const fn get(self) -> Option<Defect> {
        None
    }

    #[inline]
    pub(super) fn is(self, defect: Defect) -> bool {
        self.get() == Some(defect)
    }
}

#[cfg(all(test, feature = "__defects"))]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_defect_has_a_name_of_its_own_and_says_what_is_wrong_in_one_line() {
        let names: BTreeSet<_> = Defect::ALL.iter().map(|it| it.name()).collect();
        assert_eq!(names.len(), Defect::ALL.len());
        assert!(names.len() >= 60, "{}", names.len());
        for defect in Defect::ALL {
            let plain = |it: char| it.is_ascii_lowercase() || it == '-';
            assert!(defect.name().chars().all(plain), "{}", defect.name());
            assert!(!defect.says().contains('\n'), "{}", defect.name());
            assert_eq!(Defect::named(defect.name()), Some(*defect));
        }
    }
}
