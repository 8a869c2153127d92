//! Links the observer for a memory that it is given, with a small stack.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32") {
        for argument in ["--import-memory", "-zstack-size=16384"] {
            println!("cargo:rustc-cdylib-link-arg={argument}");
        }
    }
}
