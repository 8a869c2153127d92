//! What became of each raw handle: opened once, dropped or given away once, children before parents.

/// Every handle that the host opened, in order.
#[derive(Debug, Default, Clone)]
pub struct Ledger {
    entries: Vec<Entry>,
    /// How much has happened.
    events: usize,
}

#[derive(Debug, Clone)]
struct Entry {
    name: String,
    rep: u32,
    /// The handles that were lent to the call that opened it.
    parents: Vec<u32>,
    ended: Option<Ended>,
}

#[derive(Debug, Clone, Copy)]
enum Ended {
    /// The component dropped it, as that event.
    Dropped(usize),
    /// The component gave it to the host.
    Given,
}

impl Ledger {
    /// A handle was opened by a call to which `parents` were lent.
    pub fn opened(&mut self, name: &str, rep: u32, parents: Vec<u32>) {
        self.entries.push(Entry { name: name.to_owned(), rep, parents, ended: None });
    }

    /// It was dropped.
    pub fn dropped(&mut self, rep: u32) {
        self.events += 1;
        let event = self.events;
        self.end(rep, Ended::Dropped(event));
    }

    /// It was given to the host.
    pub fn given(&mut self, rep: u32) {
        self.end(rep, Ended::Given);
    }

    fn end(&mut self, rep: u32, how: Ended) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.rep == rep) {
            entry.ended = Some(how);
        }
    }

    /// How many were opened.
    pub fn count(&self) -> usize {
        self.entries.len()
    }

    /// What is wrong, in words, at the end: a handle that is still open, or one that went before its child.
    pub fn wrong(&self) -> Vec<String> {
        let leaks = self.entries.iter().filter(|entry| entry.ended.is_none());
        let mut wrong: Vec<_> = leaks.map(|entry| format!("`{}` was never dropped", entry.name)).collect();
        for child in &self.entries {
            let Some(Ended::Dropped(last)) = child.ended else { continue };
            for parent in self.entries.iter().filter(|entry| child.parents.contains(&entry.rep)) {
                if let Some(Ended::Dropped(first)) = parent.ended
                    && first < last
                {
                    wrong.push(format!("`{}` was dropped before `{}`, which came of it", parent.name, child.name));
                }
            }
        }
        wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_at_the_end_leaks() {
        let mut ledger = Ledger::default();
        ledger.opened("store#1", 0, vec![]);
        ledger.opened("entry#1", 1, vec![0]);
        ledger.given(1);
        assert_eq!(ledger.wrong(), ["`store#1` was never dropped"]);
        assert_eq!(ledger.count(), 2);
    }

    #[test]
    fn a_parent_goes_after_its_children() {
        let mut ledger = Ledger::default();
        ledger.opened("store#1", 0, vec![]);
        ledger.opened("entry#1", 1, vec![0]);
        let mut other = ledger.clone();
        ledger.dropped(1);
        ledger.dropped(0);
        assert!(ledger.wrong().is_empty());
        other.dropped(0);
        other.dropped(1);
        assert_eq!(other.wrong(), ["`store#1` was dropped before `entry#1`, which came of it"]);
    }
}
