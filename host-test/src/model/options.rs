//! Options: what is set, and the raw records that they stand for.

use composer::plan::{ExtraSetter, Filled, Kind, Options, OptionsField, RawFunction, Type, TypePath};
use indexmap::IndexMap;

use super::state::{Field, Held};
use super::{Asking, Cell, Fails, Friendly, Model, values};
use crate::script::wave::Value;

impl<'s> Model<'s> {
    /// Makes options out of what a constructor is given.
    pub(super) fn new_options(&mut self, path: &TypePath, call: &Friendly<'s>) -> Value {
        let fields = call.arguments.iter().map(|(name, value)| (name.clone(), self.kept(value))).collect();
        self.state.hold(Held::Options { path: path.clone(), fields })
    }

    /// Sets a field.
    pub(super) fn set_option(&mut self, name: &str, call: &Friendly<'s>) {
        let Some((_, value)) = call.arguments.first() else { return };
        let kept = self.kept(value);
        let receiver = call.receiver.as_deref().unwrap_or_default();
        if let Some(Held::Options { fields, .. }) = self.state.held.get_mut(receiver) {
            fields.insert(name.to_owned(), kept);
        }
    }

    /// What options keep of a value: of a handle, what it holds.
    fn kept(&self, value: &Value) -> Field {
        let cell = values::handle(value).and_then(|name| self.state.cell(name));
        cell.map_or_else(|| Field::Value(value.clone()), Field::Cell)
    }

    /// The raw record that options stand for. Handles are lent for the call, and what carries extra options is
    /// made, before any value is looked at.
    pub(super) fn record(&mut self, name: Option<&str>, path: &TypePath) -> Result<Value, Fails> {
        let Some(options) = self.subject.plan.options(path) else { return Ok(Value::Any) };
        let fields = match name.and_then(|name| self.state.held.get(name)) {
            Some(Held::Options { fields, .. }) => fields.clone(),
            Some(Held::Wrapper { .. }) | None => IndexMap::new(),
        };
        let mut early = IndexMap::new();
        for field in &options.fields {
            match &field.filled {
                Filled::Extra { resource, constructor, setters } => {
                    let extra = self.extra(&fields, resource, constructor.as_deref(), setters)?;
                    early.insert(field.raw_name.clone(), extra.map_or_else(values::none, values::some));
                }
                Filled::Required | Filled::Optional | Filled::Default(_) => {
                    if let Some(Field::Cell(cell)) = fields.get(&field.name) {
                        let lent = self.lend(*cell)?;
                        let lent = if field.raw_optional { values::some(lent) } else { lent };
                        early.insert(field.raw_name.clone(), lent);
                    }
                }
                Filled::Never => {}
            }
        }
        self.filled(options, &fields, early)
    }

    fn filled(
        &self,
        options: &Options,
        fields: &IndexMap<String, Field>,
        mut early: IndexMap<String, Value>,
    ) -> Result<Value, Fails> {
        let mut record = Vec::new();
        for field in &options.fields {
            let value = match early.shift_remove(&field.raw_name) {
                Some(value) => value,
                None => self.field(field, fields.get(&field.name))?,
            };
            record.push((field.raw_name.clone(), value));
        }
        Ok(Value::Record(record, false))
    }

    fn field(&self, field: &OptionsField, set: Option<&Field>) -> Result<Value, Fails> {
        let start = match &field.filled {
            Filled::Default(text) => Value::parse(text).ok(),
            Filled::Required | Filled::Optional | Filled::Never | Filled::Extra { .. } => None,
        };
        let value = match set {
            Some(Field::Value(value)) => Some(value.clone()),
            Some(Field::Cell(_)) | None => start,
        };
        // No text at all is as good as none.
        let is_empty = |value: &Value| matches!(value, Value::List(items) if items.is_empty());
        let is_text = matches!(&field.ty, Type::Converted(composer::plan::Conversion::Joined { .. }));
        let is_optional = matches!(field.filled, Filled::Optional);
        match value.filter(|value| !(is_optional && is_text && is_empty(value))) {
            None => Ok(values::none()),
            Some(value) => {
                let value = self.lower(&value, &field.ty)?;
                Ok(if field.raw_optional { values::some(value) } else { value })
            }
        }
    }

    /// What carries extra options, where one of them was set.
    fn extra(
        &mut self,
        fields: &IndexMap<String, Field>,
        resource: &TypePath,
        constructor: Option<&str>,
        setters: &[ExtraSetter],
    ) -> Result<Option<Value>, Fails> {
        if !setters.iter().any(|setter| fields.contains_key(&setter.name)) {
            return Ok(None);
        }
        let (name, kind) = match constructor {
            Some("constructor") | None => (String::new(), Kind::Constructor(resource.name.clone())),
            Some(name) => (name.to_owned(), Kind::Static(resource.name.clone())),
        };
        let maker = RawFunction { interface: resource.interface.clone(), name, kind };
        let made = self.raw(&maker, Vec::new(), Asking::default())?.unwrap_or(Value::Any);
        for setter in setters {
            let Some(Field::Value(value)) = fields.get(&setter.name) else { continue };
            let value = self.lower(value, &setter.ty)?;
            let kind = Kind::Method(resource.name.clone());
            let method = RawFunction { interface: resource.interface.clone(), name: setter.method.clone(), kind };
            self.raw(&method, vec![made.clone(), value], Asking::default())?;
        }
        Ok(Some(made))
    }

    /// Lends what is in a cell, and makes it first where it is made when it is needed.
    pub(super) fn lend(&mut self, cell: usize) -> Result<Value, Fails> {
        if let Cell::Pending(maker) = self.state.at(cell) {
            let made = self.raw(&maker, Vec::new(), Asking::default())?;
            let handle = |value: &Value| values::handle(value).map(str::to_owned);
            let refused = Fails::Adapter(composer::plan::AdapterCase::LimitExceeded);
            let made = made.as_ref().and_then(|made| match values::parts(made) {
                ("ok", Some(inner)) => handle(inner),
                _ => handle(made),
            });
            self.state.put(cell, Cell::Present(made.ok_or(refused)?));
        }
        match self.state.at(cell) {
            Cell::Present(name) => Ok(Value::Handle(name)),
            Cell::Pending(_) | Cell::Taken => Err(Fails::Adapter(composer::plan::AdapterCase::AlreadyConsumed)),
        }
    }

    /// The cells of the handles in an argument: one, perhaps one, or a list.
    pub(super) fn cells(&self, value: &Value) -> Vec<usize> {
        let mut names = Vec::new();
        values::handles(value, &mut names);
        names.into_iter().filter_map(|name| self.state.cell(name)).collect()
    }
}
