//! Handles that are used up, dropped, of another kind, given twice or used while a call is under way: a typed error, or
//! the engine does not let it in; never a trap inside the adapter.

use std::sync::Arc;

use composer::plan::{Arg, Function, Interface, Kind, Operation, Plan, Source, Type, TypePath};

use super::{Figure, Found, Sweep, at, is_good};
use crate::model::makers::resources;
use crate::model::{Case, Friendly, values};
use crate::script::file::{Action, End, Section, Step};
use crate::script::wave::Value;

/// What the engine says of a handle of another type; of one that was dropped it says this or that.
const OTHER: &str = "mismatched resource types";

/// Misuses each function of an interface in each place where it takes a handle.
pub fn handles<'s>(sweep: &'s Sweep<'s>, interface: &'s Interface) -> Found {
    for function in sweep.functions(interface) {
        let places = places(sweep, interface, function);
        for (place, path) in &places {
            let what = |how: &str| format!("`{}`, {place} {how}", function.path(&interface.name));
            consumed(sweep, interface, function, place, path).map_err(at(what("used up")))?;
            optioned(sweep, interface, function, place, path).map_err(at(what("with what is used up")))?;
            let dropped = |case: &mut Case<'s>, name: &str| {
                let step = case.model.drop(name);
                case.steps.push(step);
                Some(name.to_owned())
            };
            refused(sweep, interface, function, (place, path), "", dropped).map_err(at(what("dropped")))?;
            // A world with one kind of object has no other.
            if let Some(another) = another(sweep, path) {
                let other = |case: &mut Case<'s>, _: &str| case.obtain(&another);
                refused(sweep, interface, function, (place, path), OTHER, other)
                    .map_err(at(what("of another kind")))?;
            }
            for (other, _) in places.iter().filter(|(other, of)| other != place && of == path) {
                twice(sweep, interface, function, place, other, path).map_err(at(what("given twice")))?;
            }
        }
        reentered(sweep, interface, function)
            .map_err(at(format!("`{}`, re-entered", function.path(&interface.name))))?;
    }
    Ok(())
}

/// Where a function takes a handle.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Receiver,
    /// The handle of this number in the parameter of this name.
    Param(String, usize),
}

impl std::fmt::Display for Place {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Receiver => to.write_str("receiver"),
            Self::Param(name, number) => write!(to, "`{name}` ({number})"),
        }
    }
}

impl Place {
    /// The handle there.
    fn get<'c>(&self, call: &'c Friendly<'_>) -> Option<&'c str> {
        match self {
            Self::Receiver => call.receiver.as_deref(),
            Self::Param(name, number) => {
                let mut names = Vec::new();
                values::handles(call.arguments.get(name)?, &mut names);
                names.get(*number).copied()
            }
        }
    }

    /// Puts another handle there.
    fn put(&self, call: &mut Friendly<'_>, handle: &str) {
        match self {
            Self::Receiver => call.receiver = Some(handle.to_owned()),
            Self::Param(name, number) => {
                if let Some(value) = call.arguments.get_mut(name) {
                    replace(value, *number, handle);
                }
            }
        }
    }
}

/// Puts a handle in the place of the one of that number.
fn replace(value: &mut Value, number: usize, handle: &str) {
    let mut at = 0;
    values::each_handle(value, &mut |place| {
        if at == number {
            *place = Value::Handle(handle.to_owned());
        }
        at += 1;
    });
}

/// Gives another name to every handle that is not held; how many there are.
fn rename(value: &mut Value, held: &dyn Fn(&str) -> bool) -> usize {
    let mut names = Vec::new();
    values::handles(value, &mut names);
    let names: Vec<_> = names.into_iter().map(str::to_owned).collect();
    let foreign: Vec<_> = names.iter().enumerate().filter(|(_, name)| !held(name)).collect();
    for (number, name) in &foreign {
        replace(value, *number, &format!("{name}-again"));
    }
    foreign.len()
}

/// The places of a function; of a list, the first two. Where a value decides what stands in it, those of all its cases.
fn places<'s>(sweep: &'s Sweep<'s>, interface: &'s Interface, function: &'s Function) -> Vec<(Place, TypePath)> {
    let plan = sweep.subject.plan;
    let receiver = match &function.kind {
        Kind::Method(resource) => Some((Place::Receiver, TypePath::friendly(&interface.name, resource))),
        Kind::Freestanding | Kind::Static(_) | Kind::Constructor(_) => None,
    };
    let params = function.params.iter().flat_map(|param| {
        let all = resources(plan, &param.ty);
        if all.len() > 1 {
            return met(sweep, interface, function, &param.name);
        }
        let count = if matches!(param.ty, Type::List(_)) { 2 } else { all.len() };
        let numbered = all.into_iter().cycle().take(count).enumerate();
        numbered.map(|(number, path)| (Place::Param(param.name.clone(), number), path)).collect::<Vec<_>>()
    });
    receiver.into_iter().chain(params).collect()
}

/// How many calls are made up until one has what is wanted.
const TRIES: u64 = 64;

/// The places of a parameter that made-up calls have handles at, and of which resource.
fn met<'s>(
    sweep: &'s Sweep<'s>,
    interface: &'s Interface,
    function: &'s Function,
    param: &str,
) -> Vec<(Place, TypePath)> {
    let mut places = Vec::new();
    for (case, call) in (0..TRIES).filter_map(|seed| sweep.prepared(interface, function, seed).ok()) {
        let mut names = Vec::new();
        call.arguments.get(param).into_iter().for_each(|value| values::handles(value, &mut names));
        for (number, name) in names.into_iter().enumerate() {
            let Some(held) = case.model.state.held.get(name) else { continue };
            let place = (Place::Param(param.to_owned(), number), held.path().clone());
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }
    places
}

/// A call in which there is a handle of that resource at each place: an option may be none, and a list short.
fn prepared<'s>(
    sweep: &'s Sweep<'s>,
    interface: &'s Interface,
    function: &'s Function,
    places: &[&Place],
    path: &TypePath,
) -> Result<(Case<'s>, Friendly<'s>), String> {
    for seed in 0..TRIES {
        let (case, call) = sweep.prepared(interface, function, seed)?;
        let held = |place: &&Place| case.model.state.held.get(place.get(&call)?);
        if places.iter().all(|place| held(place).is_some_and(|held| held.path() == path)) {
            return Ok((case, call));
        }
    }
    Err("no call has a handle there".to_owned())
}

/// After a call that used it up.
fn consumed<'s>(
    sweep: &'s Sweep<'s>,
    interface: &'s Interface,
    function: &'s Function,
    place: &Place,
    path: &TypePath,
) -> Found {
    let Some(consumer) = consumer(sweep, path) else {
        // Nothing uses it up.
        sweep.figures.add(Figure::MisuseImpossible, 1);
        return Ok(());
    };
    let (mut case, call) = prepared(sweep, interface, function, &[place], path)?;
    use_up(&mut case, &consumer, place.get(&call).unwrap_or_default())?;
    misused(sweep, case, &call)
}

/// Makes the call that misuses a handle, and counts what it comes to.
fn misused<'s>(sweep: &Sweep<'s>, mut case: Case<'s>, call: &Friendly<'s>) -> Found {
    let figure = if is_good(case.call(call)) { Figure::MisuseHarmless } else { Figure::MisuseTyped };
    sweep.hold(&case.finish())?;
    sweep.figures.add(figure, 1);
    Ok(())
}

/// Uses up a handle.
fn use_up<'s>(case: &mut Case<'s>, (of, function, by): &Consumer<'s>, handle: &str) -> Found {
    let mut call = case.prepare(of, function).ok_or("nothing uses it up")?;
    by.put(&mut call, handle);
    case.call(&call);
    Ok(())
}

/// With options that hold what was used up since they were made.
fn optioned<'s>(
    sweep: &'s Sweep<'s>,
    interface: &'s Interface,
    function: &'s Function,
    place: &Place,
    path: &TypePath,
) -> Found {
    for (of, giver) in givers(sweep, path) {
        for (held, what) in places(sweep, of, giver).into_iter().filter(|(held, _)| *held != Place::Receiver) {
            let Some(consumer) = consumer(sweep, &what) else { continue };
            let (mut case, mut call) = prepared(sweep, interface, function, &[place], path)?;
            let give = case.prepare(of, giver).ok_or("nothing makes such options")?;
            let before = case.model.state.held.len();
            case.call(&give);
            // A constructor makes them, a setter has them.
            let made = case.model.state.held.keys().nth(before).cloned();
            let options = give.receiver.clone().or(made).ok_or("nothing makes such options")?;
            place.put(&mut call, &options);
            use_up(&mut case, &consumer, held.get(&give).unwrap_or_default())?;
            misused(sweep, case, &call)?;
        }
    }
    Ok(())
}

/// The functions that give options what they hold: their constructor and their setters.
fn givers<'s>(sweep: &'s Sweep<'s>, path: &TypePath) -> Vec<(&'s Interface, &'s Function)> {
    let is_one = |interface: &Interface, function: &Function| match (&function.operation, &function.kind) {
        (Operation::NewOptions, Kind::Constructor(resource)) | (Operation::SetOption(_), Kind::Method(resource)) => {
            TypePath::friendly(&interface.name, resource) == *path
        }
        (
            Operation::NewOptions
            | Operation::SetOption(_)
            | Operation::Direct
            | Operation::Call(_)
            | Operation::Share(_)
            | Operation::Later
            | Operation::Group(_)
            | Operation::Pairs(_),
            _,
        ) => false,
    };
    sweep.subject.functions().filter(|(interface, function)| is_one(interface, function)).collect()
}

/// A function that uses up handles of a resource, and by which place.
type Consumer<'s> = (&'s Interface, &'s Function, Place);

/// The one with the fewest parameters.
fn consumer<'s>(sweep: &'s Sweep<'s>, path: &TypePath) -> Option<Consumer<'s>> {
    let functions = sweep.subject.functions().filter_map(|(interface, function)| {
        let Operation::Call(call) = &function.operation else { return None };
        let taken = call.args.iter().find_map(|arg| match (arg, &function.kind) {
            (Arg::Take(Source::Receiver), Kind::Method(resource)) => {
                (TypePath::friendly(&interface.name, resource) == *path).then_some(Place::Receiver)
            }
            (Arg::Take(Source::Param(name)) | Arg::TakeOk(Source::Param(name)), _) => {
                let param = function.param(name)?;
                // An option may be left out when the call is made up.
                matches!(&param.ty, Type::Borrow(of) if of == path).then(|| Place::Param(name.clone(), 0))
            }
            (Arg::Param(name), _) => {
                let ty = &function.param(name)?.ty;
                let first = sweep.subject.plan.inner_handles(ty).into_iter().next()?;
                let is_there = matches!(ty, Type::List(_) | Type::Tuple(_));
                (is_there && first.is_taken && first.resource == *path).then(|| Place::Param(name.clone(), 0))
            }
            (
                Arg::Take(Source::Receiver)
                | Arg::TakeOk(Source::Receiver)
                | Arg::Lend(_)
                | Arg::Options { .. }
                | Arg::Case { .. },
                _,
            ) => None,
        })?;
        Some((interface, function, taken))
    });
    functions.min_by_key(|(_, function, _)| function.params.len())
}

/// With another handle in that place, which the engine does not let in: the adapter is not reached.
fn refused<'s>(
    sweep: &'s Sweep<'s>,
    interface: &'s Interface,
    function: &'s Function,
    (place, path): (&Place, &TypePath),
    says: &str,
    other: impl FnOnce(&mut Case<'s>, &str) -> Option<String>,
) -> Found {
    let (mut case, mut call) = prepared(sweep, interface, function, &[place], path)?;
    let victim = place.get(&call).unwrap_or_default().to_owned();
    let handle = other(&mut case, &victim).ok_or("nothing makes another handle")?;
    place.put(&mut call, &handle);
    let call = call.written();
    let end = End::Refused(says.to_owned());
    case.steps.push(Step {
        text: call.to_string(),
        action: Action::Call(call),
        end,
        within: None,
        raw: Section::default(),
    });
    sweep.play(&case.stop())?;
    sweep.figures.add(Figure::MisuseRefused, 1);
    Ok(())
}

/// A resource that is another one.
fn another<'s>(sweep: &'s Sweep<'s>, path: &TypePath) -> Option<TypePath> {
    let is_other = |of: &TypePath| of != path && Case::new(sweep.subject, &sweep.makers, 0).obtain(of).is_some();
    all(sweep.subject.plan).find(is_other)
}

fn all(plan: &Plan) -> impl Iterator<Item = TypePath> {
    plan.interfaces.iter().flat_map(|interface| {
        let types = interface.types.iter().filter(|def| def.kind.is_resource());
        types.map(|def| TypePath::friendly(&interface.name, &def.name))
    })
}

/// The same handle in two places.
fn twice<'s>(
    sweep: &'s Sweep<'s>,
    interface: &'s Interface,
    function: &'s Function,
    place: &Place,
    other: &Place,
    path: &TypePath,
) -> Found {
    let (case, mut call) = prepared(sweep, interface, function, &[place, other], path)?;
    let handle = place.get(&call).unwrap_or_default().to_owned();
    other.put(&mut call, &handle);
    misused(sweep, case, &call)
}

/// Called by the host while it is under way: the engine does not let it in, and the call goes on.
fn reentered<'s>(sweep: &'s Sweep<'s>, interface: &'s Interface, function: &'s Function) -> Found {
    let (mut case, call) = sweep.prepared(interface, function, 3)?;
    case.call(&call);
    let Some(step) = case.steps.last_mut() else { return Ok(()) };
    let (Action::Call(mut again), Some(raw)) = (step.action.clone(), step.raw.expected.first_mut()) else {
        // It makes no raw call.
        sweep.figures.add(Figure::MisuseImpossible, 1);
        return Ok(());
    };
    // The host's own handles are on their way already.
    let held = &case.model.state.held;
    let renamed = again.arguments.iter_mut().map(|value| rename(value, &|name| held.contains_key(name)));
    // What is given to a call that is not let in is lost, and nobody's fault.
    let gives = renamed.filter(|renamed| *renamed > 0).count() > 0;
    Arc::make_mut(raw).reenter = Some(again);
    let script = case.finish();
    if gives {
        sweep.play(&script)?
    } else {
        sweep.hold(&script)?
    };
    sweep.figures.add(Figure::MisuseRefused, 1);
    Ok(())
}
