//! Questions, one after the other: at a terminal, or answered line by line from a stream. They go to standard error, so that
//! standard output is the answer alone.

use std::io::{BufRead, IsTerminal as _, Write};

use bridge::roads::status::lines::paragraph;

use crate::output::Failure;

/// Words that fit behind a question.
const SHORT: usize = 45;

/// Somebody who answers.
pub struct Questions<'a> {
    input: Box<dyn BufRead + 'a>,
    output: Box<dyn Write + 'a>,
    /// What is hidden is read from the terminal, which does not show it.
    terminal: bool,
}

impl Questions<'static> {
    /// Whoever is at standard input.
    pub fn at_standard_input() -> Self {
        let terminal = std::io::stdin().is_terminal();
        Self {
            input: Box::new(std::io::BufReader::new(std::io::stdin())),
            output: Box::new(std::io::stderr()),
            terminal,
        }
    }
}

impl<'a> Questions<'a> {
    /// Answers from a stream.
    #[cfg(test)]
    pub fn of(input: impl BufRead + 'a, output: impl Write + 'a) -> Self {
        Self { input: Box::new(input), output: Box::new(output), terminal: false }
    }

    /// Tells something on a line of its own.
    pub fn tell(&mut self, text: &str) {
        let _ = writeln!(self.output, "{text}");
    }

    fn line(&mut self, question: &str) -> Result<String, Failure> {
        let _ = write!(self.output, "{question}: ").and_then(|()| self.output.flush());
        let mut line = String::new();
        let read = self.input.read_line(&mut line).map_err(|error| Failure::usage(error.to_string()))?;
        if read == 0 {
            return Err(Failure::usage(format!("nobody answered: {question}")));
        }
        if !self.terminal {
            self.tell("");
        }
        Ok(line.trim().to_owned())
    }

    /// A text; empty where only Enter was pressed and there is no default.
    pub fn text(&mut self, question: &str, default: Option<&str>) -> Result<String, Failure> {
        let asked = default.map_or_else(|| question.to_owned(), |default| format!("{question} [{default}]"));
        let line = self.line(&asked)?;
        Ok(if line.is_empty() { default.unwrap_or_default().to_owned() } else { line })
    }

    /// A text that is not shown while it is typed.
    pub fn hidden(&mut self, question: &str) -> Result<String, Failure> {
        if !self.terminal {
            return self.line(question);
        }
        let typed = rpassword::prompt_password(format!("{question} (not shown): "));
        typed.map(|typed| typed.trim().to_owned()).map_err(|error| Failure::usage(error.to_string()))
    }

    /// What `read` makes of a text; asked again until it makes something of it.
    pub fn read<T>(
        &mut self,
        question: &str,
        default: Option<&str>,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, Failure> {
        loop {
            match read(&self.text(question, default)?) {
                Ok(read) => return Ok(read),
                Err(why) => self.tell(&format!("  {why}")),
            }
        }
    }

    /// Tells something that may be long, in lines of a terminal's width.
    pub fn explain(&mut self, text: &str) {
        let mut lines = String::new();
        paragraph(&mut lines, "  ", text);
        self.tell(lines.trim_end());
    }

    /// A question with what may be answered; many words stand above it.
    fn with_words(&mut self, question: &str, words: &[String]) -> String {
        let all = words.join(", ");
        if all.chars().count() <= SHORT {
            return format!("{question} ({all})");
        }
        self.explain(&format!("one of {all}"));
        question.to_owned()
    }

    /// One of these words, or of its beginnings.
    pub fn choice(&mut self, question: &str, words: &[String], default: Option<&str>) -> Result<String, Failure> {
        let asked = self.with_words(question, words);
        self.read(&asked, default, |typed| one_of(typed, words))
    }

    /// Some of these words, with commas between them; none for Enter alone.
    pub fn choices(&mut self, question: &str, words: &[String], default: Option<&str>) -> Result<Vec<String>, Failure> {
        let asked = self.with_words(question, words);
        self.read(&asked, default, |typed| {
            typed.split(',').map(str::trim).filter(|one| !one.is_empty()).map(|one| one_of(one, words)).collect()
        })
    }

    /// Yes or no.
    pub fn yes(&mut self, question: &str, default: bool) -> Result<bool, Failure> {
        let shown = if default { "Y/n" } else { "y/N" };
        loop {
            match self.line(&format!("{question} [{shown}]"))?.to_lowercase().as_str() {
                "" => return Ok(default),
                "y" | "yes" => return Ok(true),
                "n" | "no" => return Ok(false),
                _ => self.tell("  y or n is expected"),
            }
        }
    }
}

fn one_of(typed: &str, words: &[String]) -> Result<String, String> {
    let is = |word: &&String| word.eq_ignore_ascii_case(typed);
    let begins = |word: &&String| !typed.is_empty() && word.to_lowercase().starts_with(&typed.to_lowercase());
    let mut begun = words.iter().filter(begins);
    let only = begun.next().filter(|_| begun.next().is_none());
    let found = words.iter().find(is).or(only);
    found.cloned().ok_or_else(|| format!("one of {} is expected", words.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_asked_until_they_are_answered() {
        let mut said = Vec::new();
        let mut ask = Questions::of(&b"maybe\ny\n\nsap\nproc\nB, a\nfoo\n"[..], &mut said);
        let words = |all: &[&str]| all.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert!(ask.yes("sure?", false).unwrap());
        assert_eq!(ask.text("name", Some("acme")).unwrap(), "acme");
        assert_eq!(ask.choice("ERP", &words(&["poweroffice", "procountor"]), None).unwrap(), "procountor");
        assert_eq!(ask.choices("some", &words(&["a", "b"]), None).unwrap(), ["b", "a"]);
        assert_eq!(ask.hidden("password").unwrap(), "foo");
        assert_eq!(ask.text("more", None).unwrap_err().error, "nobody answered: more");
        drop(ask);
        let said = String::from_utf8(said).unwrap();
        assert!(said.contains("sure? [y/N]: \n  y or n is expected") && said.contains("name [acme]: "), "{said}");
        assert!(said.contains("  one of poweroffice, procountor is expected") && !said.contains("foo"), "{said}");
    }

    #[test]
    fn a_beginning_is_enough_where_it_is_of_one_word() {
        let words = ["poweroffice", "procountor", "visma"].map(str::to_owned);
        assert_eq!(one_of("V", &words).as_deref(), Ok("visma"));
        assert!(one_of("p", &words).is_err() && one_of("", &words).is_err());
    }
}
