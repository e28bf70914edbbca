//! A pattern as a grammar: texts that it matches, each at a boundary of one of its parts, and texts just beside those.

use std::ops::Range;

use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// The longest text that is made for the bounds of a pattern.
const LONGEST: u32 = 5_000;

/// The most ranges of one character class that are tried.
const MOST_RANGES: usize = 24;

/// A pattern that can be written out.
#[derive(Debug)]
pub(super) struct Grammar {
    root: Part,
    /// Whether a text must match from its beginning to its end.
    anchored: bool,
}

/// A part of a pattern. Its number and those of what is in it are one range.
#[derive(Debug)]
struct Part {
    ids: Range<usize>,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Empty,
    Text(String),
    /// Any one of these characters; both ends belong to a range.
    Class(Vec<(char, char)>),
    Repeat {
        least: u32,
        most: Option<u32>,
        of: Box<Part>,
    },
    Sequence(Vec<Part>),
    Choice(Vec<Part>),
}

/// One part, written otherwise than by default.
#[derive(Debug, Clone, Copy)]
enum Choice {
    /// The class takes this character.
    Character(usize, char),
    /// The part is repeated that often.
    Times(usize, u32),
    /// The alternative of that number.
    Branch(usize, usize),
    /// The part is left out.
    Without(usize),
}

impl Choice {
    fn part(self) -> usize {
        match self {
            Self::Character(id, _)
            | Self::Times(id, _)
            | Self::Branch(id, _)
            | Self::Without(id) => id,
        }
    }
}

impl Grammar {
    /// Reads a pattern. Nothing for one that asks for more than a regular language, such as a look-ahead.
    pub(super) fn of(pattern: &str) -> Option<Self> {
        let hir = regex_syntax::ParserBuilder::new()
            .utf8(true)
            .nest_limit(100)
            .build()
            .parse(pattern)
            .ok()?;
        let mut parts = 0;
        let root = part(&hir, &mut parts)?;
        let anchored = hir.properties().look_set_prefix().contains(Look::Start)
            && hir.properties().look_set_suffix().contains(Look::End);
        Some(Self { root, anchored })
    }

    /// The shortest and the longest text that it matches, in characters; nothing unless it is anchored at both ends.
    pub(super) fn lengths(&self) -> Option<(u64, Option<u64>)> {
        self.anchored.then(|| self.root.lengths())
    }

    /// A plain text that it matches.
    pub(super) fn plain(&self) -> String {
        self.written(&[])
    }

    /// Texts at the boundary of each part: what it matches, and what lies just outside.
    pub(super) fn boundaries(&self) -> Vec<String> {
        let mut choices = Vec::new();
        self.root.choices(&mut choices);
        choices
            .into_iter()
            .map(|choice| self.written(&[choice]))
            .collect()
    }

    /// Texts of that many characters, made longer at one part or the other; none where that is not possible.
    pub(super) fn of_length(&self, length: u32) -> Vec<String> {
        let measure = |choices: &[Choice]| count(&self.written(choices));
        let repeats = self.root.repeats();
        let mut texts = Vec::new();
        for &(id, least, most) in &repeats {
            let base = measure(&[Choice::Times(id, least)]);
            let Some(unit) = measure(&[Choice::Times(id, least + 1)])
                .checked_sub(base)
                .filter(|unit| *unit > 0)
            else {
                continue;
            };
            let Some(missing) = length.checked_sub(base) else {
                continue;
            };
            let times = (least + missing / unit).min(most.unwrap_or(u32::MAX));
            let grown = Choice::Times(id, times);
            if measure(&[grown]) == length {
                texts.push(self.written(&[grown]));
                continue;
            }
            // What is still missing goes to another part.
            for &(other, least, most) in repeats.iter().filter(|(other, _, _)| *other != id) {
                let base = measure(&[grown, Choice::Times(other, least)]);
                let times = length.checked_sub(base).map(|missing| least + missing);
                let Some(times) = times.filter(|times| most.is_none_or(|most| *times <= most))
                else {
                    continue;
                };
                let choices = [grown, Choice::Times(other, times)];
                if measure(&choices) == length {
                    texts.push(self.written(&choices));
                    break;
                }
            }
        }
        texts
    }

    fn written(&self, choices: &[Choice]) -> String {
        let mut text = String::new();
        self.root.write(choices, &mut text);
        text
    }
}

fn count(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

fn part(hir: &Hir, next: &mut usize) -> Option<Part> {
    let id = *next;
    *next += 1;
    let mut each =
        |hirs: &[Hir]| -> Option<Vec<Part>> { hirs.iter().map(|hir| part(hir, next)).collect() };
    let kind = match hir.kind() {
        // Anchors are what the texts are made for; a look at what stands beside a place is not kept to.
        HirKind::Empty | HirKind::Look(_) => Kind::Empty,
        HirKind::Literal(literal) => Kind::Text(String::from_utf8(literal.0.to_vec()).ok()?),
        HirKind::Class(Class::Unicode(class)) => Kind::Class(
            class
                .iter()
                .map(|range| (range.start(), range.end()))
                .collect(),
        ),
        HirKind::Class(Class::Bytes(class)) => Kind::Class(
            class
                .iter()
                .map(|range| (char::from(range.start()), char::from(range.end())))
                .collect(),
        ),
        HirKind::Repetition(repetition) => Kind::Repeat {
            least: repetition.min,
            most: repetition.max,
            of: Box::new(part(&repetition.sub, next)?),
        },
        HirKind::Capture(capture) => Kind::Sequence(each(std::slice::from_ref(&capture.sub))?),
        HirKind::Concat(hirs) => Kind::Sequence(each(hirs)?),
        HirKind::Alternation(hirs) => Kind::Choice(each(hirs)?),
    };
    Some(Part {
        ids: id..*next,
        kind,
    })
}

/// A character that reads well, if the class has one.
fn usual(ranges: &[(char, char)]) -> Option<char> {
    let has = |wanted: &char| {
        ranges
            .iter()
            .any(|(low, high)| (low..=high).contains(&wanted))
    };
    ['a', 'A', '1', '0', '-', '.', '/', ' ']
        .into_iter()
        .find(has)
        .or_else(|| ('!'..='~').find(has))
        .or_else(|| ranges.first().map(|(low, _)| *low))
}

fn before(character: char) -> Option<char> {
    (0..=0x800).find_map(|step| char::from_u32(u32::from(character).checked_sub(step + 1)?))
}

fn after(character: char) -> Option<char> {
    (0..=0x800).find_map(|step| char::from_u32(u32::from(character) + step + 1))
}

impl Part {
    fn id(&self) -> usize {
        self.ids.start
    }

    /// The choice that is about this part or one in it.
    fn concerned(&self, choices: &[Choice]) -> bool {
        choices
            .iter()
            .any(|choice| self.ids.contains(&choice.part()))
    }

    fn write(&self, choices: &[Choice], text: &mut String) {
        for choice in choices {
            if matches!(choice, Choice::Without(id) if *id == self.id()) {
                return;
            }
        }
        match &self.kind {
            Kind::Empty => {}
            Kind::Text(literal) => text.push_str(literal),
            Kind::Class(ranges) => {
                let chosen = choices.iter().find_map(|choice| match choice {
                    Choice::Character(id, character) if *id == self.id() => Some(*character),
                    _ => None,
                });
                text.extend(chosen.or_else(|| usual(ranges)));
            }
            Kind::Repeat { least, of, .. } => {
                let chosen = choices.iter().find_map(|choice| match choice {
                    Choice::Times(id, times) if *id == self.id() => Some(*times),
                    _ => None,
                });
                let inside = of.concerned(choices);
                let times = chosen.unwrap_or(*least).max(u32::from(inside));
                for time in 0..times {
                    // A choice inside is made once; a longer text is not odd at every place.
                    of.write(if time == 0 { choices } else { &[] }, text);
                }
            }
            Kind::Sequence(parts) => {
                for part in parts {
                    part.write(choices, text);
                }
            }
            Kind::Choice(branches) => {
                let chosen = choices.iter().find_map(|choice| match choice {
                    Choice::Branch(id, branch) if *id == self.id() => branches.get(*branch),
                    _ => None,
                });
                let concerned = || branches.iter().find(|branch| branch.concerned(choices));
                if let Some(branch) = chosen.or_else(concerned).or_else(|| branches.first()) {
                    branch.write(choices, text);
                }
            }
        }
    }

    fn choices(&self, choices: &mut Vec<Choice>) {
        let id = self.id();
        match &self.kind {
            Kind::Empty => {}
            Kind::Text(_) => choices.push(Choice::Without(id)),
            Kind::Class(ranges) => {
                choices.push(Choice::Without(id));
                for &(low, high) in ranges.iter().take(MOST_RANGES) {
                    let near = [Some(low), Some(high), before(low), after(high)];
                    let near = near.into_iter().flatten();
                    choices.extend(near.map(|character| Choice::Character(id, character)));
                }
            }
            Kind::Repeat { least, most, of } => {
                let ends = [Some(*least), *most];
                let mut counts: Vec<u32> = ends
                    .into_iter()
                    .flatten()
                    .flat_map(|end| [end.checked_sub(1), Some(end), end.checked_add(1)])
                    .flatten()
                    .chain(most.is_none().then_some(least + 7))
                    .filter(|count| *count <= LONGEST)
                    .collect();
                counts.sort_unstable();
                counts.dedup();
                choices.extend(counts.into_iter().map(|times| Choice::Times(id, times)));
                of.choices(choices);
            }
            Kind::Sequence(parts) => parts.iter().for_each(|part| part.choices(choices)),
            Kind::Choice(branches) => {
                for (number, branch) in branches.iter().enumerate() {
                    choices.push(Choice::Branch(id, number));
                    branch.choices(choices);
                }
            }
        }
    }

    /// The number, the least and the most of every repetition.
    fn repeats(&self) -> Vec<(usize, u32, Option<u32>)> {
        match &self.kind {
            Kind::Repeat { least, most, of } => {
                let mut repeats = vec![(self.id(), *least, *most)];
                repeats.extend(of.repeats());
                repeats
            }
            Kind::Sequence(parts) | Kind::Choice(parts) => {
                parts.iter().flat_map(Part::repeats).collect()
            }
            Kind::Empty | Kind::Text(_) | Kind::Class(_) => Vec::new(),
        }
    }

    fn lengths(&self) -> (u64, Option<u64>) {
        match &self.kind {
            Kind::Empty => (0, Some(0)),
            Kind::Text(text) => {
                let length = u64::from(count(text));
                (length, Some(length))
            }
            Kind::Class(_) => (1, Some(1)),
            Kind::Repeat { least, most, of } => {
                let (short, long) = of.lengths();
                let longest = long
                    .zip(*most)
                    .and_then(|(long, most)| long.checked_mul(u64::from(most)));
                (short.saturating_mul(u64::from(*least)), longest)
            }
            Kind::Sequence(parts) => parts.iter().map(Part::lengths).fold(
                (0, Some(0)),
                |(short, long), (least, most)| {
                    let most = long
                        .zip(most)
                        .and_then(|(long, most)| long.checked_add(most));
                    (short.saturating_add(least), most)
                },
            ),
            Kind::Choice(branches) => {
                let mut lengths = branches.iter().map(Part::lengths);
                let first = lengths.next().unwrap_or((0, Some(0)));
                lengths.fold(first, |(short, long), (least, most)| {
                    (
                        short.min(least),
                        long.zip(most).map(|(long, most)| long.max(most)),
                    )
                })
            }
        }
    }
}

#[cfg(test)]
mod tests;
