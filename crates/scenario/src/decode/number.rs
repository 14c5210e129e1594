//! Stable numbers that key the draws of things: given in the file, or made from the id.

use std::collections::{BTreeMap, BTreeSet};

use super::Decoder;
use super::fields::Fields;
use crate::spec::Kind;
use crate::text::Span;

/// Numbers taken so far, by kind.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    taken: BTreeMap<(Kind, u16), Span>,
}

/// FNV-1a of an id, folded to 16 bits: the same on every machine, and stable when other things come
/// or go.
pub(crate) fn hashed(id: &str) -> u16 {
    let hash = id.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    let [a, b, c, d] = hash.to_le_bytes();
    u16::from_le_bytes([a ^ c, b ^ d])
}

/// Numbers for ids: hashes, the next free number where two meet. Ids are taken in alphabetical order,
/// so that the order of the file does not matter.
pub(crate) fn unique(ids: &[String]) -> Vec<u16> {
    let mut order: Vec<usize> = (0..ids.len()).collect();
    order.sort_by_key(|idx| &ids[*idx]);
    let mut taken = BTreeSet::new();
    let mut numbers = vec![0; ids.len()];
    for idx in order {
        let mut number = hashed(&ids[idx]);
        while !taken.insert(number) {
            number = number.wrapping_add(1);
        }
        numbers[idx] = number;
    }
    numbers
}

impl Decoder<'_> {
    /// The number of a thing of the world; two things of a kind must not share one.
    pub(super) fn number_of(&mut self, fields: &Fields, kind: Kind, id: &str) -> u16 {
        let given = fields
            .whole(self, "number")
            .and_then(|number| u16::try_from(number).ok());
        let number = given.unwrap_or_else(|| hashed(id));
        self.take_number(
            kind,
            number,
            fields.span("number"),
            &fields.at("number").path,
        );
        number
    }

    /// Reports a number that another thing of the kind has.
    pub(crate) fn take_number(&mut self, kind: Kind, number: u16, span: Span, path: &str) {
        if let Some(first) = self.numbers.taken.get(&(kind, number)) {
            let first = self.texts.place(*first);
            let message = format!("the number {number} belongs to another {}", kind.noun());
            let mistake = self
                .mistake("scenario::duplicate_number", span, path, message)
                .expected("a number that no other has")
                .related(first, "first here");
            self.push(mistake);
        } else {
            self.numbers.taken.insert((kind, number), span);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_do_not_depend_on_the_order_of_ids() {
        let ids = |list: &[&str]| list.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        let one = unique(&ids(&["alpha", "beta", "gamma"]));
        let other = unique(&ids(&["gamma", "alpha", "beta"]));
        assert_eq!(one, [other[1], other[2], other[0]]);
        // FNV-1a of the empty text is its offset basis 0x811c9dc5.
        assert_eq!(hashed(""), 0x811c ^ 0x9dc5);
    }
}
