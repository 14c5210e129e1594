//! The program as people and batch jobs meet it: commands, messages, exit codes.
