//! A panic means that we are wrong: it says so, and ends the program with its own exit code.

use std::panic::{self, AssertUnwindSafe, PanicHookInfo};

use crate::{exit::Exit, face::complain};

/// Runs the program; a panic anywhere in it becomes [`Exit::OurBug`].
pub(crate) fn caught(program: impl FnOnce() -> Exit) -> Exit {
    panic::set_hook(Box::new(|info| complain(&report(info))));
    panic::catch_unwind(AssertUnwindSafe(program)).unwrap_or(Exit::OurBug)
}

fn report(info: &PanicHookInfo<'_>) -> String {
    let what = info.payload_as_str().unwrap_or("no message");
    let place = info
        .location()
        .map_or_else(String::new, |place| format!(" ({place})"));
    format!(
        "error: this is our bug, not yours: {what}{place}\n\
         help: please report it with the command and the scenario file; foedera {}",
        env!("CARGO_PKG_VERSION"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_our_bug() {
        assert_eq!(caught(|| panic!("a lane is missing")), Exit::OurBug);
        assert_eq!(caught(|| Exit::Files), Exit::Files);
        let _ = panic::take_hook();
    }
}
