//! The systems: thin walks over the world's columns that call the kernels of the mechanisms.
//!
//! Their order is told in one place, [`crate::step`]. A system names what it reads and writes in its
//! parameters; the loop over rows sits inside one dispatch to the instruction set of the machine.

#![expect(
    clippy::needless_pass_by_value,
    reason = "the framework hands a system its parameters by value"
)]

pub(crate) mod appraise;
pub(crate) mod bargain;
pub(crate) mod build;
pub(crate) mod decide;
pub(crate) mod effects;
pub(crate) mod expose;
pub(crate) mod forces;
pub(crate) mod foresee;
pub(crate) mod grow;
pub(crate) mod load;
pub(crate) mod observe;
pub(crate) mod projects;
pub(crate) mod relate;
pub(crate) mod shock;
pub(crate) mod withdraw;
