//! Lines that a person adds to stubs, which the next run keeps.
//!
//! They stand between `# keep` and `# end keep`. A block in a class stays at the end of that class, one before the
//! first class or function stays there, and any other stays at the end of the file.

use thiserror::Error;

/// What begins a block.
pub const BEGIN: &str = "# keep";

/// What ends one.
pub const END: &str = "# end keep";

/// Where a block belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// Before the first class or function.
    Start,
    /// At the end of a class, by its name and those around it.
    Class(Vec<String>),
    /// At the end of the file.
    End,
}

/// A block, with its marks.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Block {
    place: Place,
    lines: Vec<String>,
}

/// Why lines cannot be kept.
#[derive(Debug, Error)]
pub enum KeptError {
    /// A block does not end.
    #[error("line {line}: `{BEGIN}` has no `{END}` after it; add it")]
    Open {
        /// The line that begins it.
        line: usize,
    },
    /// The class that a block is in is not there any more.
    #[error(
        "lines of yours are in class {class}, which is not in the world any more; move them to another class, or delete them"
    )]
    NoClass {
        /// The class.
        class: String,
    },
}

/// A file as it was written, and the lines that were added to it.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    blocks: Vec<Block>,
    /// The text without them.
    pub written: String,
}

impl Kept {
    /// Takes a file apart.
    pub fn read(text: &str) -> Result<Self, KeptError> {
        let mut kept = Self::default();
        let mut scopes = Scopes::default();
        let mut open: Option<(usize, Block)> = None;
        for (at, line) in text.lines().enumerate() {
            match &mut open {
                Some((_, block)) => {
                    block.lines.push(line.to_owned());
                    if line.trim() == END {
                        kept.blocks.extend(open.take().map(|(_, block)| block));
                    }
                }
                None if line.trim() == BEGIN && !scopes.in_text => {
                    let place = scopes.place(indent(line));
                    open = Some((at + 1, Block { place, lines: vec![line.to_owned()] }));
                }
                None => {
                    scopes.read(line);
                    kept.written.push_str(line);
                    kept.written.push('\n');
                }
            }
        }
        match open {
            Some((line, _)) => Err(KeptError::Open { line }),
            None => Ok(kept),
        }
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Adds the lines to a text that is written anew.
    pub fn add_to(&self, text: &str) -> Result<String, KeptError> {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for block in &self.blocks {
            let at = match &block.place {
                Place::Start => start(&lines),
                Place::End => lines.len(),
                Place::Class(path) => {
                    class_end(&lines, path).ok_or_else(|| KeptError::NoClass { class: path.join(".") })?
                }
            };
            lines.splice(at..at, block.lines.iter().cloned());
        }
        Ok(lines.iter().map(|line| format!("{line}\n")).collect())
    }
}

/// The classes around a line.
#[derive(Debug, Default)]
struct Scopes {
    /// How far each is indented, and its name.
    classes: Vec<(usize, String)>,
    /// Whether there was a class or a function.
    begun: bool,
    /// Whether a docstring is open, which may hold anything.
    in_text: bool,
}

impl Scopes {
    fn read(&mut self, line: &str) {
        let was_text = self.in_text;
        self.in_text ^= line.matches("\"\"\"").count() % 2 == 1;
        let content = line.trim_start();
        if was_text || content.is_empty() {
            return;
        }
        self.leave(indent(line));
        if let Some(name) = content.strip_prefix("class ") {
            let name = name.split(['(', ':']).next().unwrap_or_default().trim().to_owned();
            self.classes.push((indent(line), name));
        }
        self.begun |= begins(content);
    }

    /// Leaves the classes that a line indented so far is not in.
    fn leave(&mut self, indent: usize) {
        self.classes.retain(|(of_class, _)| *of_class < indent);
    }

    fn place(&mut self, indent: usize) -> Place {
        self.leave(indent);
        match self.path() {
            path if !path.is_empty() => Place::Class(path),
            _ if self.begun => Place::End,
            _ => Place::Start,
        }
    }

    fn path(&self) -> Vec<String> {
        self.classes.iter().map(|(_, name)| name.clone()).collect()
    }
}

/// Whether a line begins a class or a function.
fn begins(content: &str) -> bool {
    ["class ", "def ", "async def ", "@"].iter().any(|start| content.starts_with(start))
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Before the first class or function, and the blank lines above it.
fn start(lines: &[String]) -> usize {
    let mut scopes = Scopes::default();
    let first = lines.iter().position(|line| {
        scopes.read(line);
        scopes.begun
    });
    let first = first.unwrap_or(lines.len());
    let blank = lines[..first].iter().rev().take_while(|line| line.is_empty()).count();
    first - blank
}

/// After the last line of a class.
fn class_end(lines: &[String], path: &[String]) -> Option<usize> {
    let mut scopes = Scopes::default();
    let mut end = None;
    for (at, line) in lines.iter().enumerate() {
        scopes.read(line);
        if !line.is_empty() && scopes.path() == path {
            end = Some(at + 1);
        }
    }
    end
}
