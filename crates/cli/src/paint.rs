//! Colour and weight of words in the terminal: sixteen colours, or nothing at all.
//!
//! Nothing when the stream is no terminal, when `NO_COLOR` is set, or when the terminal is dumb.

use std::{env, ffi::OsStr};

/// Whether and how words are painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Paint {
    on: bool,
}

impl Paint {
    /// Paint for a stream; `terminal` says whether somebody looks at it.
    pub(crate) fn for_stream(terminal: bool) -> Self {
        Self::decide(
            terminal,
            env::var_os("NO_COLOR").as_deref(),
            env::var_os("TERM").as_deref(),
        )
    }

    /// No paint if nobody looks, if somebody refuses it (<https://no-color.org>), or if the terminal is dumb.
    fn decide(terminal: bool, no_color: Option<&OsStr>, term: Option<&OsStr>) -> Self {
        let refused = no_color.is_some_and(|value| !value.is_empty());
        let dumb = term.is_some_and(|value| value == "dumb");
        Self {
            on: terminal && !refused && !dumb,
        }
    }

    /// Whether words are painted.
    pub(crate) const fn is_on(self) -> bool {
        self.on
    }

    /// A heading, or the answer.
    pub(crate) fn strong(self, text: &str) -> String {
        self.wrap("1", text)
    }

    /// What may be skipped.
    pub(crate) fn faint(self, text: &str) -> String {
        self.wrap("2", text)
    }

    /// Pictures: curves, bars.
    pub(crate) fn picture(self, text: &str) -> String {
        self.wrap("36", text)
    }

    /// Something holds.
    pub(crate) fn good(self, text: &str) -> String {
        self.wrap("32", text)
    }

    /// Something does not hold.
    pub(crate) fn bad(self, text: &str) -> String {
        self.wrap("1;31", text)
    }

    /// Something deserves a look.
    pub(crate) fn doubt(self, text: &str) -> String {
        self.wrap("33", text)
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.on && !text.is_empty() {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_painted_at_who_does_not_want_it() {
        let decide = |terminal, no_color: Option<&str>, term: Option<&str>| {
            Paint::decide(terminal, no_color.map(OsStr::new), term.map(OsStr::new)).is_on()
        };
        assert!(decide(true, None, Some("xterm")));
        assert!(decide(true, Some(""), None));
        assert!(!decide(true, Some("1"), Some("xterm")));
        assert!(!decide(true, None, Some("dumb")));
        assert!(!decide(false, None, Some("xterm")));
    }

    #[test]
    fn painted_words_keep_their_letters() {
        assert_eq!(Paint { on: true }.strong("P"), "\u{1b}[1mP\u{1b}[0m");
        assert_eq!(Paint { on: false }.strong("P"), "P");
        assert_eq!(Paint { on: true }.bad(""), "");
    }
}
