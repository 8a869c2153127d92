//! The last check of a linked component. Functions are independent of each other, and are validated side by side.

use rayon::prelude::*;
use wasmparser::{FuncValidatorAllocations, Parser, ValidPayload, Validator, WasmFeatures};

use super::LinkError;

type Checked = Result<(), wasmparser::BinaryReaderError>;

/// Validates what came out with the features that engines have by default, unless the app was beyond those before.
pub(super) fn validate(before: &[u8], after: &[u8]) -> Result<(), LinkError> {
    let checked = valid(after, WasmFeatures::default()).or_else(|error| match valid(before, WasmFeatures::default()) {
        Ok(()) => Err(error),
        Err(_) => valid(after, WasmFeatures::all()),
    });
    checked.map_err(|error| LinkError::Invalid { message: error.to_string() })
}

fn valid(component: &[u8], features: WasmFeatures) -> Checked {
    let mut validator = Validator::new_with_features(features);
    let (mut parser, mut functions) = (Parser::new(0), Vec::new());
    parser.set_features(features);
    for payload in parser.parse_all(component) {
        if let ValidPayload::Func(function, body) = validator.payload(&payload?)? {
            functions.push((function, body));
        }
    }
    functions.into_par_iter().try_for_each_init(FuncValidatorAllocations::default, |room, (function, body)| {
        let mut validator = function.into_validator(std::mem::take(room));
        validator.validate(&body)?;
        *room = validator.into_allocations();
        Ok(())
    })
}
