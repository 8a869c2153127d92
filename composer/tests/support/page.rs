//! The reference page as a reader's browser has it.

/// Fails unless every tag that opens is closed where it should be.
pub fn refuse_unbalanced(page: &str) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    for tag in page.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').ok_or_else(|| format!("`<{tag}` does not end"))?;
        let name = tag.split(' ').next().unwrap_or_default();
        match name.strip_prefix('/') {
            Some(name) => {
                let last = open.pop();
                if last != Some(name) {
                    return Err(format!("`{last:?}` is open where `<{tag}>` stands"));
                }
            }
            None if ["!DOCTYPE", "meta"].contains(&name) => {}
            None => open.push(name),
        }
    }
    if open.is_empty() { Ok(()) } else { Err(format!("{open:?} is never closed")) }
}
