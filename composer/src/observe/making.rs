//! Makes the app with an observer inside, and the adapter where it has one.

use std::collections::{BTreeMap, BTreeSet};

use wasmparser::{Parser, Payload, TypeRef};

use super::host::Layout;
use super::known::{Known, Side};
use super::options::{Output, Request, What};
use super::platform::{self, Platform};
use super::policy::{self, Policy};
use super::relay::Relay;
use super::rewrite::{self, Observing, Parts, Replaced};
use super::select::{Selection, Subject};
use super::signature::Signature;
use super::tables::{self, About, Row};
use super::wrap::{self, Wrapper};
use super::{Adapter, ObserveError, Subjects, ground, host, items_of, sites, witness};
use crate::app::App;
use crate::bundle::World;
use crate::bypass::{self, BypassError, shape};
use crate::link::items::Component;

/// What both are made with.
pub(super) struct Making<'a> {
    pub world: &'a World,
    /// Every function that can be observed.
    pub subjects: &'a [Subject],
    pub selection: &'a Selection,
    pub policies: &'a BTreeMap<String, Policy>,
    /// The case of each error type that a refused call is answered with.
    pub denied: &'a BTreeMap<String, String>,
    /// The functions whose values are written.
    pub revealed: &'a BTreeSet<String>,
    pub request: &'a Request,
    pub observer: &'a [u8],
    /// The raw functions that are observed.
    pub raw: &'a BTreeSet<String>,
}

impl Making<'_> {
    /// Makes the app, and says which friendly functions have a wrapper in it.
    pub fn app(&self, subjects: &Subjects<'_>) -> Result<(Vec<u8>, BTreeSet<String>), ObserveError> {
        let component = items_of(subjects.whole)?;
        let known = Known::new(self.world, subjects.app, Side::Friendly)?;
        let found = known.sites(&component, self.selection, subjects.bulk)?;
        let shape = shape::read(subjects.whole)?;
        let in_table = known.in_table(&shape, self.selection, subjects.bulk);
        let paths: BTreeSet<String> =
            found.paths.iter().chain(in_table.iter().map(|one| &one.subject.path)).cloned().collect();
        let make = |subject, signature| self.wrapper(&known, &paths, subject, signature);
        let raw = Known::of_whole(self.world, subjects.app, Side::Raw)?;
        let past = raw.sites(&component, self.selection, &BTreeSet::new())?;

        let is_direct = |core: u32| found.sites.iter().any(|one| one.site.core == core);
        let own = found.sites.iter().map(|one| (&one.site, make(one.subject, one.signature), Observing::Own));
        let others = past.sites.iter().filter(|one| !is_direct(one.site.core));
        let others =
            others.map(|one| (&one.site, self.wrapper(&raw, self.raw, one.subject, one.signature), Observing::Adapter));
        let slots: Vec<Vec<u32>> = in_table.iter().map(|one| one.target.slots.clone()).collect();
        let replaced = match in_table.first() {
            Some(first) => Some(Replaced {
                memory: first.target.memory,
                instance: first.target.table.instance,
                table: wrap::Table {
                    name: first.target.table.name,
                    ty: first.target.table.ty.try_into().map_err(|_| ObserveError::Unreadable {
                        message: "the table of its calls is of a type that cannot be written".to_owned(),
                    })?,
                    slots: &slots,
                },
                wrappers: in_table.iter().map(|one| make(one.subject, one.signature)).collect(),
            }),
            None => None,
        };
        let platform = self.platform(subjects.app, &component, Side::Friendly)?;
        let parts = Parts {
            component: &component,
            sites: own.chain(others).collect(),
            lifted: known.lifted(&component)?,
            replaced,
            instances: &sites::instances(&component)?,
            platform: &platform.imports,
            ground: &self.ground(&known, &paths, &platform, Some(&raw))?,
            observer: self.observer,
            dropped: &[bypass::MARK, "component-name"],
            relay: if self.raw.is_empty() { Relay::None } else { Relay::Imported },
            has_switch: self.request.what.switch.is_some(),
            hooks: platform.hooks.len(),
        };
        Ok((rewrite::rewrite(&parts)?, paths))
    }

    /// Makes the adapter.
    pub fn adapter(&self, adapter: &Adapter<'_>, subjects: &Subjects<'_>) -> Result<Vec<u8>, ObserveError> {
        let known = Known::new(self.world, &adapter.app, Side::Raw)?;
        let found = known.sites(&adapter.component, self.selection, &BTreeSet::new())?;
        let sites = found
            .sites
            .iter()
            .map(|one| (&one.site, self.wrapper(&known, self.raw, one.subject, one.signature), Observing::Own));
        let platform = self.platform(&adapter.app, &adapter.component, Side::Raw)?;
        let rows = Known::of_whole(self.world, subjects.app, Side::Raw)?;
        let has_lines = self.raw.iter().any(|path| self.selection.reports(path));
        let witness = witness::module();
        let (observer, ground) = match has_lines {
            true => (self.observer, self.ground(&rows, self.raw, &platform, None)?),
            false => (&witness[..], ground::bare()),
        };
        let parts = Parts {
            component: &adapter.component,
            sites: sites.collect(),
            lifted: Vec::new(),
            replaced: None,
            instances: &sites::instances(&adapter.component)?,
            platform: &platform.imports,
            ground: &ground,
            observer,
            dropped: &["component-name"],
            relay: Relay::Exported,
            has_switch: self.request.what.switch.is_some(),
            hooks: platform.hooks.len(),
        };
        rewrite::rewrite(&parts)
    }

    /// What the observer of a component imports, and what it can do with that.
    fn platform(&self, app: &App<'_>, component: &Component<'_>, side: Side) -> Result<Imported, ObserveError> {
        let mut what = self.request.what.clone();
        if side == Side::Raw {
            // The app's observer tells the adapter's.
            what.switch = None;
        }
        let hooks = if self.has_hooks(side) { &self.request.hooks[..] } else { &[] };
        let mut imports =
            platform::platform(app, &self.world.plan.platform, what.is_otlp() && side == Side::Friendly, hooks.len())?;
        let mut layout = None;
        if let Some(host) = host::host(self.world, self.subjects, &sites::lowered(component)?, &what)? {
            let failed = |error: BypassError| ObserveError::Imports { message: error.to_string() };
            // An interface is imported once, and what imports it already may have too little of it.
            if bypass::has_all(app, &host.donor).map_err(failed)? {
                imports.donors.push(host.donor);
                imports.imports.extend(host.imports);
                layout = host.layout;
            } else if let Some(switch) = &what.switch {
                return Err(ObserveError::Host {
                    path: switch.interface.clone(),
                    why: "is imported by the app itself, and not all of it".to_owned(),
                });
            } else {
                what.output = Output::Stderr;
            }
        }
        let hooks = hooks.iter().map(|hook| hook.name.clone()).collect();
        Ok(Imported { side, imports, what, layout, hooks })
    }

    /// The module with the memory, and in it a row for each path, and one for each raw function of the adapter's.
    fn ground(
        &self,
        known: &Known<'_>,
        paths: &BTreeSet<String>,
        platform: &Imported,
        raw: Option<&Known<'_>>,
    ) -> Result<Vec<u8>, ObserveError> {
        let mut rows = self.rows(known, paths)?;
        let mut wrong = Vec::new();
        for row in &mut rows {
            row.is_reported = self.selection.reports(row.path);
            match self.policy(known, row.path) {
                Ok(policy) => row.policy = policy,
                Err(why) => wrong.push(why),
            }
            row.refused = self.case(known, row.path).ok().filter(|_| self.has_hooks(platform.side));
        }
        if !wrong.is_empty() {
            return Err(policy::error(&wrong));
        }
        let raw = raw.map_or(Ok(Vec::new()), |known| self.rows(known, self.raw))?;
        let Imported { what, side, layout, hooks, .. } = platform;
        let about = About { what, side: *side, rows: &rows, raw: &raw, hooks, layout: *layout };
        Ok(ground::module(&tables::tables(memory_end(self.observer)?, &about)))
    }

    /// The rows of these functions, as far as their types say what is in them.
    fn rows<'k>(&self, known: &'k Known<'_>, paths: &'k BTreeSet<String>) -> Result<Vec<Row<'k>>, ObserveError> {
        let missing = |path: &str| ObserveError::Unreadable { message: format!("it has no `{path}`") };
        paths.iter().map(|path| known.row(path).ok_or_else(|| missing(path))).collect()
    }

    /// What holds for the calls of a function, and the place of the case that a refused call is answered with.
    fn policy(&self, known: &Known<'_>, path: &str) -> Result<Option<(&Policy, u32)>, String> {
        let Some(policy) = self.policies.get(path) else { return Ok(None) };
        let case = self.case(known, path).map_err(|why| policy.refused(path, &why))?;
        Ok(Some((policy, case)))
    }

    /// The place of the case that a refused call of a function is answered with, or why it cannot be refused.
    fn case(&self, known: &Known<'_>, path: &str) -> Result<u32, String> {
        let (_, signature) = known.signature(path).ok_or("it is not known")?;
        signature.refusal.as_ref().map_err(|why| (*why).to_owned())?;
        let Some(ty) = &signature.error_type else { return Ok(0) };
        let case = self.denied.get(ty).and_then(|case| signature.errors.iter().position(|other| other == case));
        let case = case.ok_or_else(|| format!("the rules name no case of `{ty}` for that under [observe] denied"))?;
        Ok(case as u32)
    }

    /// Whether hooks are told of the calls of a component: of those of the app.
    fn has_hooks(&self, side: Side) -> bool {
        side == Side::Friendly && !self.request.hooks.is_empty()
    }

    /// The wrapper of a function, whose place is that of its path.
    fn wrapper<'s>(
        &self,
        known: &Known<'_>,
        paths: &BTreeSet<String>,
        subject: &Subject,
        signature: &'s Signature,
    ) -> Wrapper<'s> {
        let row = paths.iter().position(|path| *path == subject.path).map(|place| place as u32);
        let is_hooked = !subject.is_raw() && !self.request.hooks.is_empty() && self.selection.reports(&subject.path);
        let is_asked = is_hooked || self.policies.contains_key(&subject.path);
        let can_fail = is_asked && self.case(known, &subject.path).is_ok();
        let refusal = signature.refusal.as_ref().ok().filter(|_| can_fail);
        let has_values = row.is_some() && self.revealed.contains(&subject.path);
        Wrapper { row, signature, begins: known.begins(subject), is_asked, refusal, has_values }
    }
}

/// What the observer of a component imports, and what it does.
struct Imported {
    side: Side,
    imports: Platform,
    what: What,
    layout: Option<Layout>,
    /// What its hooks are called.
    hooks: Vec<String>,
}

/// Where the observer's own memory ends.
fn memory_end(observer: &[u8]) -> Result<u32, ObserveError> {
    for payload in Parser::new(0).parse_all(observer) {
        let Payload::ImportSection(section) = payload? else { continue };
        for import in section.into_imports() {
            if let TypeRef::Memory(memory) = import?.ty {
                return Ok(memory.initial as u32 * ground::PAGE);
            }
        }
    }
    Err(ObserveError::NoObserver)
}
