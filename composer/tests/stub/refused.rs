//! What no stub is made for.

use composer::stub::{StubError, StubRules, stub};
use wit_component::DecodedWasm;
use wit_parser::Resolve;

use super::ODD;
use super::apps::*;

#[test]
fn refuses_an_error_without_a_rule() {
    let app = wasi_app(|_| true);
    let mut rules = rules();
    rules.errors.shift_remove("wasi:filesystem/types.error-code");
    let error = stub(&app, &lacking(&app), &rules).unwrap_err();
    let StubError::NoRule { function, error: path, .. } = &error else { panic!("{error}") };
    assert!(function.starts_with("wasi:filesystem/types.descriptor."), "{function}");
    assert_eq!(path, "wasi:filesystem/types.error-code");
    let message = error.to_string();
    let line =
        r#"add a line `"wasi:filesystem/types.error-code" = "<case>"` to `[stub.errors]`, with a case out of access, "#;
    assert!(message.contains(line), "{message}");
}

#[test]
fn refuses_an_interface_the_app_lacks() {
    let app = wasi_app(|function| function.name == "get-directories");
    let missing = "wasi:sockets/tcp@0.2.0".to_owned();
    let error = stub(&app, &[missing], &rules()).unwrap_err().to_string();
    assert!(error.starts_with("cannot stub `wasi:sockets/tcp@0.2.0`: the app does not import it; "), "{error}");
    assert!(error.contains(&named(&app, "wasi:filesystem/preopens")), "{error}");
}

#[test]
fn refuses_an_interface_the_rules_do_not_name() {
    let app = wasi_app(|_| true);
    let error = stub(&app, &[named(&app, "wasi:io/streams")], &rules()).unwrap_err().to_string();
    assert!(error.contains(r#"add `"wasi:io/streams"` to `interfaces` in `[stub]`"#), "{error}");
}

#[test]
fn refuses_interfaces_with_another_between_them() {
    let app = wasi_app(|_| true);
    let mut rules = rules();
    rules.interfaces.push("wasi:io/error".into());
    let asked = [named(&app, "wasi:filesystem/types"), named(&app, "wasi:io/error")];
    let error = stub(&app, &asked, &rules).unwrap_err();
    assert!(matches!(error, StubError::Entangled { .. }), "{error}");
}

#[test]
fn refuses_cases_that_will_not_do() {
    let error = odd_stub(&[("test:odd/odd.trouble", "unheard-of")]).unwrap_err().to_string();
    assert_eq!(
        error,
        "cannot stub `test:odd/odd.troubled`: its error cannot be the case `unheard-of` of `test:odd/odd.trouble`, which \
         does not exist; correct the line in `[stub.errors]` to a case out of asked, large, lost, hopeless"
    );
    let error = odd_stub(&[("test:odd/odd.trouble", "lost")]).unwrap_err().to_string();
    assert!(
        error.contains("the case `lost` of `test:odd/odd.trouble`, which carries a value that no constant"),
        "{error}"
    );
    // The line for the function wins.
    odd_stub(&[("test:odd/odd.trouble", "lost"), ("test:odd/odd.troubled", "asked")]).unwrap();
}

#[test]
fn refuses_a_wit_package() {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("odd.wit", ODD).unwrap();
    let error = stub(&DecodedWasm::WitPackage(resolve, package), &[], &StubRules::default()).unwrap_err();
    assert!(matches!(error, StubError::NotComponent), "{error}");
}
