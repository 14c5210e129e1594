//! The one test binary beside the crates' own unit tests: it can start the program and read the whole
//! repository. Each theme is a module; `tidy` fails on a test file that nobody declares.

mod cli;
mod determinism;
mod gallery;
mod golden;
mod hindcast;
mod propositions;
mod scenarios;
mod tidy;
mod validation;
