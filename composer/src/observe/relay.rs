//! How the two observers of an app go together: the one inside of the app, and the one inside of the adapter, which counts
//! raw calls.
//!
//! The adapter exports an interface by which it is told when a request begins and when it ends, and of the raw calls that
//! the app makes past it. These are calls between components, two a request and one for a call of many bytes.

use wasm_encoder::{
    Alias, ComponentExportKind, ComponentTypeRef, ComponentValType, ExportKind, InstanceType, PrimitiveValType, ValType,
};

use super::writer::Writer;
use crate::link::items::Space;

/// The interface.
const INTERFACE: &str = "composer:observer/requests";

/// The functions of it that are told apart.
pub(super) const EVIDENCE: &str = "evidence";
pub(super) const SWITCH_OFF: &str = "switch-off";

/// Whether there is an observer in the adapter, and on which side this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relay {
    /// There is none.
    None,
    /// This is the app, which tells it.
    Imported,
    /// This is the adapter, which is told.
    Exported,
}

/// A function of the interface.
pub(super) struct Function {
    /// Its name, also as the observer exports it.
    pub name: &'static str,
    params: &'static [(&'static str, PrimitiveValType)],
    result: Option<PrimitiveValType>,
}

/// Its functions.
pub(super) const FUNCTIONS: [Function; 5] = [
    Function { name: SWITCH_OFF, params: &[], result: None },
    Function { name: EVIDENCE, params: &[("since", PrimitiveValType::U64)], result: Some(PrimitiveValType::U64) },
    Function {
        name: "begin-raw",
        params: &[
            ("request", PrimitiveValType::U64),
            ("trace-high", PrimitiveValType::U64),
            ("trace-low", PrimitiveValType::U64),
            ("root", PrimitiveValType::U64),
            ("epoch", PrimitiveValType::U64),
            ("chance", PrimitiveValType::U64),
        ],
        result: None,
    },
    Function {
        name: "end-raw",
        params: &[("total", PrimitiveValType::U64), ("is-over", PrimitiveValType::U32)],
        result: None,
    },
    Function {
        name: "leave",
        params: &[
            ("function", PrimitiveValType::U32),
            ("start", PrimitiveValType::U64),
            ("case", PrimitiveValType::S32),
            ("bytes-in", PrimitiveValType::U32),
            ("bytes-out", PrimitiveValType::U32),
        ],
        result: None,
    },
];

impl Function {
    fn types(&self) -> impl ExactSizeIterator<Item = (&'static str, ComponentValType)> + Clone {
        self.params.iter().map(|(name, ty)| (*name, ComponentValType::Primitive(*ty)))
    }

    /// Its parameters in a core module.
    pub fn core_params(&self) -> Vec<ValType> {
        self.params.iter().map(|(_, ty)| core(*ty)).collect()
    }

    /// Its results in a core module.
    pub fn core_results(&self) -> Vec<ValType> {
        self.result.map(core).into_iter().collect()
    }

    fn component_result(&self) -> Option<ComponentValType> {
        self.result.map(ComponentValType::Primitive)
    }
}

fn core(ty: PrimitiveValType) -> ValType {
    if ty == PrimitiveValType::U64 { ValType::I64 } else { ValType::I32 }
}

/// Writes the import of the interface, and its functions lowered.
pub(super) fn import(writer: &mut Writer) -> Vec<(&'static str, u32)> {
    let mut ty = InstanceType::new();
    for (place, function) in FUNCTIONS.iter().enumerate() {
        ty.ty().function().params(function.types()).result(function.component_result());
        ty.export(function.name, ComponentTypeRef::Func(place as u32));
    }
    writer.sink.types().instance(&ty);
    let ty = writer.next(Space::Type);
    writer.sink.imports().import(INTERFACE, ComponentTypeRef::Instance(ty));
    let instance = writer.next(Space::Instance);
    let mut lowered = Vec::new();
    for function in &FUNCTIONS {
        let name = function.name;
        writer.sink.aliases().alias(Alias::InstanceExport { instance, kind: ComponentExportKind::Func, name });
        let index = writer.next(Space::Function);
        writer.sink.canonicals().lower(index, []);
        lowered.push((name, writer.next(Space::CoreFunction)));
    }
    lowered
}

/// Writes the export of the interface: functions of the observer, lifted.
pub(super) fn export(writer: &mut Writer, observer: u32) {
    let mut functions = Vec::new();
    for function in &FUNCTIONS {
        writer.sink.types().function().params(function.types()).result(function.component_result());
        let ty = writer.next(Space::Type);
        let core = writer.core_alias(observer, ExportKind::Func, function.name);
        writer.sink.canonicals().lift(core, ty, []);
        functions.push((function.name, ComponentExportKind::Func, writer.next(Space::Function)));
    }
    writer.sink.component_instances().export_items(functions);
    let instance = writer.next(Space::Instance);
    writer.sink.exports().export(INTERFACE, ComponentExportKind::Instance, instance, None);
    writer.next(Space::Instance);
}
