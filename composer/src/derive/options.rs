//! Options records become resources: a constructor for what is required, a setter for the rest.

use wit_parser::{Field, Type as RawType, TypeId};

use super::survey::Survey;
use super::{DeriveError, Refused, Remedy, defaults, mapping, values};
use crate::plan::{ExtraSetter, Filled, Function, Kind, Operation, Options, OptionsField, Param, Rule, Side, Type};

/// Constructors and setters of the options among these types.
pub(super) fn functions(survey: &Survey<'_>, types: &[TypeId], refused: &mut Refused) -> Vec<Function> {
    let mut functions = Vec::new();
    for ty in types.iter().filter(|ty| survey.is_options(**ty)) {
        let name = survey.type_path(*ty).name;
        refused.extend(unknown_fields(survey, *ty));
        let Some(options) = refused.note(definition(survey, *ty)) else { continue };
        functions.push(constructor(&name, &options));
        functions.extend(setters(&name, &options));
    }
    functions
}

/// The options that a record becomes.
pub(super) fn definition(survey: &Survey<'_>, id: TypeId) -> Result<Options, DeriveError> {
    let path = survey.world.raw_path(id);
    let raw = fields(survey, id);
    if let Some(unknown) = unknown_fields(survey, id).into_iter().next() {
        return Err(unknown);
    }
    let fields = raw.iter().map(|field| options_field(survey, &path, field));
    Ok(Options { record: survey.world.raw_type_path(id), fields: fields.collect::<Result<_, _>>()? })
}

/// Whether the options cannot be made without saying something.
pub(super) fn has_required(survey: &Survey<'_>, id: TypeId) -> Result<bool, DeriveError> {
    Ok(definition(survey, id)?.fields.iter().any(|field| matches!(field.filled, Filled::Required)))
}

/// Whether the options can hold a handle that some function uses up.
pub(super) fn touches_consumable(survey: &Survey<'_>, id: TypeId) -> bool {
    fields(survey, id).iter().any(|field| {
        let set = survey.world.option_of(&field.ty).unwrap_or(&field.ty);
        survey.world.handle_of(set).is_some_and(|resource| survey.is_consumable(resource))
    })
}

/// Whether the options can hold a handle of what is made when it is first needed.
pub(super) fn touches_later(survey: &Survey<'_>, id: TypeId) -> bool {
    let set = |field: &Field| *survey.world.option_of(&field.ty).unwrap_or(&field.ty);
    fields(survey, id).iter().any(|field| survey.is_made_later(&set(field)))
}

/// The fields of what was found to be an options record.
fn fields<'a>(survey: &Survey<'a>, id: TypeId) -> &'a [Field] {
    survey.world.record_of(id).map_or(&[], |record| &record.fields)
}

fn names(fields: &[Field]) -> String {
    fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// RuleUsage about fields that the record does not have.
fn unknown_fields(survey: &Survey<'_>, id: TypeId) -> Vec<DeriveError> {
    let (path, fields) = (survey.world.raw_path(id), fields(survey, id));
    let Some(rules) = survey.world.usage.options(&path) else { return Vec::new() };
    let named = rules.required.iter().chain(rules.defaults.keys());
    let unknown = named.filter(|name| !fields.iter().any(|field| field.name == **name));
    let error = |name: &String| {
        DeriveError::shape(
            format!("{path}.{name}"),
            "the rules name this field, but the record does not have it",
            format!("correct it in the lines of `{path}` under [options]: the fields are {}", names(fields)),
        )
    };
    unknown.map(error).collect()
}

fn options_field(survey: &Survey<'_>, path: &str, field: &Field) -> Result<OptionsField, DeriveError> {
    let field_path = format!("{path}.{}", field.name);
    let rules = survey.world.usage.options(path);
    let required = rules.is_some_and(|rules| rules.required.contains(&field.name));
    let default = rules.and_then(|rules| rules.defaults.get(&field.name));
    let inner = survey.world.option_of(&field.ty);
    let set = inner.unwrap_or(&field.ty);
    let filled = match (survey.world.extra_of(&field.ty), inner, required, default) {
        (Some(_), _, true, _) | (Some(_), _, _, Some(_)) => {
            return Err(DeriveError::shape(
                field_path,
                "the rules name this field, but it is a placeholder, which is made when one of its setters is called",
                format!("delete it from the lines of `{path}` under [options]"),
            ));
        }
        (Some(extra), _, false, None) => placeholder(survey, &field_path, extra, set)?,
        (None, _, true, Some(_)) => {
            return Err(DeriveError::shape(
                field_path,
                "the rules say that it is required, but also give it a default",
                format!("delete one of the two from the lines of `{path}` under [options]"),
            ));
        }
        (None, _, true, None) => Filled::Required,
        (None, _, false, Some(default)) => Filled::Default(defaults::literal(survey, &field_path, set, default)?),
        (None, Some(_), false, None) => Filled::Optional,
        (None, None, false, None) => {
            return Err(DeriveError::shape(
                field_path,
                "it is a field of an options record, but is not an `option` and has no default",
                Remedy::Options { record: path.to_owned(), field: field.name.clone() },
            ));
        }
    };
    // A setter takes the value, whether the record has it or an option of it.
    let ty = match filled {
        Filled::Never | Filled::Extra { .. } => Type::Tuple(Vec::new()),
        Filled::Optional | Filled::Required | Filled::Default(_) => {
            refuse_handle(survey, &field_path, set)?;
            mapping::map(survey, &field_path, set)?
        }
    };
    let converted = ty.conversions().next().is_some();
    if converted && matches!(filled, Filled::Default(_)) {
        return Err(DeriveError::shape(
            field_path,
            "it has a default, but the app gives it in another form than the host takes it",
            "list the field in `required` instead, under [options]",
        ));
    }
    let renamed = survey.world.usage.rename(&field_path).cloned();
    Ok(OptionsField {
        name: renamed.unwrap_or_else(|| values::without_unit(&field.name, ty.is_time())),
        raw_name: field.name.clone(),
        ty,
        docs: field.docs.contents.clone(),
        raw_optional: inner.is_some(),
        filled,
    })
}

/// Options lend what they hold: they can be used for a second call.
fn refuse_handle(survey: &Survey<'_>, path: &str, set: &RawType) -> Result<(), DeriveError> {
    if survey.world.handles_in(set).iter().any(|resource| survey.type_path(*resource).side == Side::Raw) {
        return Err(DeriveError::shape(
            path,
            "it is a field of an options record and holds a resource of an interface that is not adapted; options cannot keep such a resource",
            "leave out the functions that take the record under [leave-out]",
        ));
    }
    let is_lent = survey.world.handle_of(set).is_some() && !survey.world.is_own(set);
    if is_lent || !survey.has_handle(set) {
        return Ok(());
    }
    Err(DeriveError::shape(
        path,
        "it is a field of an options record and holds a handle that is neither `borrow` nor `option<borrow>`",
        "leave out the functions that take the record under [leave-out]",
    ))
}

/// A placeholder that a guest can make and fill gives its setters to the options.
fn placeholder(survey: &Survey<'_>, path: &str, extra: TypeId, set: &RawType) -> Result<Filled, DeriveError> {
    let resource = survey.world.raw_type_path(extra);
    let Some(owner) = survey.world.owner(extra) else { return Ok(Filled::Never) };
    let mut constructor = None;
    let mut can_make = false;
    let mut setters = Vec::new();
    for function in survey.world.resource_functions(extra) {
        match survey.world.kind(owner, function)? {
            Kind::Constructor(_) => can_make = true,
            Kind::Static(_) if function.params.is_empty() => {
                can_make = true;
                constructor = Some(function.item_name().to_owned());
            }
            Kind::Method(_) if function.params.len() == 2 => {
                let method = function.item_name().to_owned();
                let value_path = |param: &str| format!("{}.{method}.{param}", survey.world.raw_path(extra));
                let ty = function
                    .params
                    .get(1)
                    .map(|param| mapping::map(survey, &value_path(&param.name), &param.ty))
                    .transpose()?;
                let name = method.strip_prefix("set-").unwrap_or(&method);
                let name = values::without_unit(name, ty.as_ref().is_some_and(Type::is_time));
                setters.extend(ty.map(|ty| ExtraSetter { name, method, ty, docs: function.docs.contents.clone() }));
            }
            Kind::Method(_) | Kind::Static(_) | Kind::Freestanding => {}
        }
    }
    if can_make && !setters.is_empty() {
        refuse_handle(survey, path, set)?;
        Ok(Filled::Extra { resource, constructor, setters })
    } else {
        Ok(Filled::Never)
    }
}

fn constructor(name: &str, options: &Options) -> Function {
    let required = options.fields.iter().filter(|field| matches!(field.filled, Filled::Required));
    Function {
        name: String::new(),
        kind: Kind::Constructor(name.to_owned()),
        docs: Some("Makes options with every default in place.".to_owned()),
        params: required.map(|field| Param { name: field.name.clone(), ty: lent(&field.ty) }).collect(),
        result: None,
        operation: Operation::NewOptions,
        is_async: false,
        rules: vec![Rule::Options],
    }
}

fn setters(name: &str, options: &Options) -> Vec<Function> {
    let mut functions = Vec::new();
    for field in &options.fields {
        match &field.filled {
            Filled::Optional | Filled::Default(_) | Filled::Required => {
                let mut setter = setter(name, &field.name, &field.ty, field.docs.clone(), Rule::Options);
                let kept = values::without_unit(&field.raw_name, field.ty.is_time());
                setter.rules.extend((kept != field.name).then_some(Rule::Rename));
                functions.push(setter);
            }
            Filled::Extra { setters, .. } => functions.extend(
                setters.iter().map(|extra| setter(name, &extra.name, &extra.ty, extra.docs.clone(), Rule::Extra)),
            ),
            Filled::Never => {}
        }
    }
    functions
}

fn setter(resource: &str, field: &str, ty: &Type, docs: Option<String>, rule: Rule) -> Function {
    let mut rules = vec![rule];
    values::rules(ty, &mut rules);
    rules.dedup();
    Function {
        name: format!("set-{field}"),
        kind: Kind::Method(resource.to_owned()),
        docs: docs.or_else(|| Some(format!("Sets `{field}`."))),
        params: vec![Param { name: "value".to_owned(), ty: lent(ty) }],
        result: None,
        operation: Operation::SetOption(field.to_owned()),
        is_async: false,
        rules,
    }
}

/// Options keep a second handle of what they are lent, so that the app need not give its own away.
fn lent(ty: &Type) -> Type {
    match ty {
        Type::Own(path) => Type::Borrow(path.clone()),
        Type::Primitive(_)
        | Type::List(_)
        | Type::Option(_)
        | Type::Tuple(_)
        | Type::Result { .. }
        | Type::Named(_)
        | Type::Borrow(_)
        | Type::Stream(_)
        | Type::Future(_)
        | Type::Converted(_) => ty.clone(),
    }
}
