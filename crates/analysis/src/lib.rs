//! What it means: reads results, draws conclusions as plain data.
//!
//! Each analysis is one file that takes results and returns data; the faces show it. Knows neither the engine
//! nor how results were made.

pub mod band;
pub mod blockers;
pub mod by_design;
pub mod compare;
pub mod figure;
mod keyed;
pub mod medoids;
pub mod posterior;
pub mod prim;
pub mod ranks;
pub mod report;
pub mod scoring;
pub mod sensitivity;
pub mod storylines;
pub mod survival;
pub mod sweep;
