//! Ctrl-C and SIGTERM: the first asks the run to finish its blocks, the second ends the program.

use std::{
    io,
    sync::{Arc, atomic::AtomicBool},
};

use signal_hook::{
    consts::{SIGINT, SIGTERM},
    flag,
};

use crate::exit::Exit;

/// Whether somebody asked the program to stop.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interrupt {
    asked: Arc<AtomicBool>,
}

impl Interrupt {
    /// Listens for Ctrl-C and SIGTERM from now on.
    ///
    /// # Errors
    /// If the system refuses the handler.
    pub(crate) fn listen() -> io::Result<Self> {
        let interrupt = Self::default();
        for signal in [SIGINT, SIGTERM] {
            // Order matters: the second signal meets the flag that the first one has raised.
            let asked = Arc::clone(&interrupt.asked);
            flag::register_conditional_shutdown(signal, Exit::Interrupted as i32, asked)?;
            flag::register(signal, Arc::clone(&interrupt.asked))?;
        }
        Ok(interrupt)
    }

    /// Whether a signal has come, for those who look at it between blocks.
    pub(crate) fn flag(&self) -> &AtomicBool {
        &self.asked
    }
}
