//! What it means: reads results, draws conclusions as plain data.
//!
//! Each analysis is one file that takes results and returns data; the faces show it. Knows neither the engine
//! nor how results were made.

pub mod blockers;
pub mod compare;
pub mod figure;
pub mod posterior;
pub mod ranks;
pub mod scoring;
pub mod sensitivity;
pub mod sweep;
