//! Gives a component's whole column as a slice: rows are in the order in which the world was built.
//!
//! Each kind of entity has one archetype and each component belongs to one kind, so a column is one
//! contiguous slice and a row index computed by [`crate::program`] is valid for the whole run.

use bevy_ecs::change_detection::ContiguousMut;
use bevy_ecs::component::Mutable;
use bevy_ecs::prelude::*;

/// Reads one component of every entity of a kind.
pub(crate) type Column<'w, 's, C> = Query<'w, 's, &'static C>;
/// Writes one component of every entity of a kind.
pub(crate) type ColumnMut<'w, 's, C> = Query<'w, 's, &'static mut C>;

/// The column as a slice.
#[inline]
pub(crate) fn rows<'q, C: Component>(column: &'q Column<'_, '_, C>) -> &'q [C] {
    let mut tables = column
        .contiguous_iter()
        .expect("components are stored in tables");
    tables.next().unwrap_or(&[])
}

/// The column as a slice to write.
///
/// Splitting before the first write keeps change detection (which nothing here uses) out of the loop.
#[inline]
pub(crate) fn rows_mut<'q, C: Component<Mutability = Mutable>>(
    column: &'q mut ColumnMut<'_, '_, C>,
) -> &'q mut [C] {
    let mut tables = column
        .contiguous_iter_mut()
        .expect("components are stored in tables");
    match tables.next() {
        Some(table) => ContiguousMut::split(table).0,
        None => &mut [],
    }
}
