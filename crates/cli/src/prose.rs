//! Prose in lines that fit the terminal.

/// Words in lines of at most `width` columns, each after the same indent.
pub(crate) fn filled(text: &str, width: usize, indent: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("{indent}{word}")),
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_fill_lines() {
        assert_eq!(filled("one two  three four", 9, ""), "one two\nthree\nfour");
        assert_eq!(filled("one two three", 8, "  "), "  one\n  two\n  three");
        assert_eq!(filled("", 9, "  "), "");
    }
}
