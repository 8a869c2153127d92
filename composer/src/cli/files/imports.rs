//! What a source in Python may import, read off its lines.
//!
//! A parser would need the Python that the source is of. Lines that look like imports are enough here: a module too many
//! is a few kilobytes, and one in a comment or a docstring is such a one.

/// The modules that a source names, in full. `package` is the one that the module is in, for relative names.
pub fn imports(source: &str, package: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = source.lines();
    while let Some(line) = lines.next() {
        // What a module does as a program comes last.
        if line.starts_with("if __name__ ==") {
            break;
        }
        // Statements may share a line: `try: import x`, `a = 1; import b`.
        let statement = statement(line);
        if let Some(rest) = statement.strip_prefix("import ") {
            found.extend(rest.split(',').filter_map(first_name).map(str::to_owned));
        } else if let Some(rest) = statement.strip_prefix("from ") {
            from(rest, &mut lines, package, &mut found);
        }
        found.extend(called(line));
    }
    found
}

/// A line from where a statement of imports begins, if one does.
fn statement(line: &str) -> &str {
    let line = line.trim_start();
    if line.starts_with("import ") || line.starts_with("from ") {
        return line;
    }
    let behind = [": import ", ": from ", "; import ", "; from "].into_iter().find_map(|start| line.find(start));
    behind.and_then(|at| line.get(at + 2..)).unwrap_or_default()
}

/// `from a.b import c, d`: the module, and each name as a module in it.
fn from<'s>(rest: &'s str, lines: &mut std::str::Lines<'s>, package: &str, found: &mut Vec<String>) {
    let Some((module, names)) = rest.split_once(" import ").or_else(|| rest.split_once(" import(")) else { return };
    let Some(module) = absolute(module.trim(), package) else { return };
    let mut names = names.to_owned();
    // Names in parentheses, or behind a backslash, go on.
    let is_open = |names: &str| (names.contains('(') || rest.contains("import(")) && !names.contains(')');
    while is_open(&names) || names.trim_end().ends_with('\\') {
        let Some(line) = lines.next() else { break };
        names.push(',');
        names.push_str(line.split('#').next().unwrap_or_default());
    }
    let inside = names.split([',', '(', ')', '\\']).filter_map(first_name);
    found.extend(inside.map(|name| if module.is_empty() { name.to_owned() } else { format!("{module}.{name}") }));
    if !module.is_empty() {
        found.push(module);
    }
}

/// A module's name in full: `..a` in the package `b.c` is `b.a`.
fn absolute(module: &str, package: &str) -> Option<String> {
    let name = module.trim_start_matches('.');
    let dots = module.len() - name.len();
    if !name.chars().all(|c| c == '.' || c == '_' || c.is_alphanumeric()) {
        return None;
    }
    if dots == 0 {
        return (!name.is_empty()).then(|| name.to_owned());
    }
    let parts: Vec<&str> = package.split('.').filter(|part| !part.is_empty()).collect();
    let above = parts.get(..(parts.len() + 1).checked_sub(dots)?)?;
    Some(above.iter().copied().chain([name]).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("."))
}

/// The name that a text begins with: `a.b` of ` a.b as c`.
fn first_name(text: &str) -> Option<&str> {
    let text = text.trim();
    let end = text.find(|c: char| !(c == '.' || c == '_' || c.is_alphanumeric())).unwrap_or(text.len());
    text.get(..end).filter(|name| !name.is_empty())
}

/// The modules that calls of `import_module` and `__import__` name.
fn called(line: &str) -> Vec<String> {
    let behind = ["import_module(", "__import__("].into_iter().flat_map(|call| line.split(call).skip(1));
    let quoted = behind.filter_map(|rest| {
        let quote = rest.chars().next().filter(|c| ['"', '\''].contains(c))?;
        rest.get(1..)?.split(quote).next()
    });
    quoted.filter_map(first_name).filter(|name| !name.starts_with('.')).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::imports;

    fn of(source: &str) -> Vec<String> {
        imports(source, "pack.inner")
    }

    #[test]
    fn each_spelling_of_an_import_is_seen() {
        assert_eq!(of("import a.b as c, d"), ["a.b", "d"]);
        assert_eq!(of("    from a.b import c as x, d"), ["a.b.c", "a.b.d", "a.b"]);
        assert_eq!(of("from a import (  # some\n    b,\n    c as d,  # and\n)\nimport e"), ["a.b", "a.c", "a", "e"]);
        assert_eq!(of("from a import b, \\\n  c"), ["a.b", "a.c", "a"]);
        assert_eq!(of("try: import a"), ["a"]);
        assert_eq!(of("x = import_module('a.b'); y = __import__(\"c\")"), ["a.b", "c"]);
    }

    #[test]
    fn a_relative_name_is_in_the_package() {
        assert_eq!(of("from . import a"), ["pack.inner.a", "pack.inner"]);
        assert_eq!(of("from .a import b"), ["pack.inner.a.b", "pack.inner.a"]);
        assert_eq!(of("from ..a import b"), ["pack.a.b", "pack.a"]);
        assert!(of("from ....a import b").is_empty());
    }

    #[test]
    fn what_only_looks_like_one_is_none() {
        assert!(of("if __name__ == '__main__':\n    import a").is_empty());
        assert!(of("important = 1\nfrom_ = 2\nfrom the start\nimport_module(name)").is_empty());
    }
}
