//! A document in Markdown, built from above to below.

/// The document so far.
#[derive(Debug)]
pub(super) struct Page {
    text: String,
}

impl Page {
    /// Starts with its title.
    pub(super) fn new(title: &str) -> Self {
        Self {
            text: format!("# {title}\n"),
        }
    }

    /// A heading of a level.
    pub(super) fn heading(&mut self, level: usize, words: &str) {
        self.text += &format!("\n{} {words}\n", "#".repeat(level));
    }

    /// A paragraph; nothing if there are no words.
    pub(super) fn text(&mut self, words: &str) {
        let words = words.trim();
        if !words.is_empty() {
            self.text += &format!("\n{words}\n");
        }
    }

    /// A list under a line; nothing if it is empty.
    pub(super) fn list(&mut self, line: &str, items: impl Iterator<Item = String>) {
        let items: Vec<String> = items.map(|item| format!("- {item}\n")).collect();
        if !items.is_empty() {
            self.text += &format!("\n{line}\n\n{}", items.concat());
        }
    }

    /// A table; nothing if it has no rows.
    pub(super) fn table(&mut self, table: &Table) {
        if table.rows > 0 {
            self.text += &format!("\n{}", table.text);
        }
    }

    /// Text that is Markdown already.
    pub(super) fn raw(&mut self, markdown: &str) {
        self.text += &format!("\n{markdown}");
    }

    /// The whole text.
    pub(super) fn finished(self) -> String {
        self.text
    }
}

/// A table so far.
#[derive(Debug)]
pub(super) struct Table {
    text: String,
    rows: usize,
}

impl Table {
    /// Starts with the names of its columns.
    pub(super) fn new<W: AsRef<str>>(columns: impl IntoIterator<Item = W>) -> Self {
        let cells: Vec<String> = columns
            .into_iter()
            .map(|column| cell(column.as_ref()))
            .collect();
        let rule = "|---".repeat(cells.len());
        Self {
            text: format!("| {} |\n{rule}|\n", cells.join(" | ")),
            rows: 0,
        }
    }

    /// Adds a row with a word for each column.
    pub(super) fn row(&mut self, words: impl IntoIterator<Item = String>) {
        let cells: Vec<String> = words.into_iter().map(|word| cell(&word)).collect();
        self.text += &format!("| {} |\n", cells.join(" | "));
        self.rows += 1;
    }
}

/// Words as a cell holds them: on one line, a bar escaped.
fn cell(words: &str) -> String {
    let one_line: Vec<&str> = words.split_whitespace().collect();
    one_line.join(" ").replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_keep_to_their_column() {
        let mut table = Table::new(["a|b", "c"]);
        table.row(["one\ntwo".to_owned(), "x | y".to_owned()]);
        assert_eq!(
            table.text,
            "| a\\|b | c |\n|---|---|\n| one two | x \\| y |\n"
        );
    }

    #[test]
    fn nothing_leaves_no_trace() {
        let mut page = Page::new("T");
        page.text("  ");
        page.list("These:", std::iter::empty());
        page.table(&Table::new(["a"]));
        assert_eq!(page.finished(), "# T\n");
    }
}
