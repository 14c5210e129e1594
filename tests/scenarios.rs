//! Every scenario and world in the repository is checked, run small, and meets its own expectations.
