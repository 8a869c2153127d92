//! probe
use composer::*;
fn main() -> anyhow::Result<()> {
    let a: Vec<String> = std::env::args().collect();
    let mut r = wit_parser::Resolve { all_features: true, ..Default::default() };
    r.push_dir(&a[1])?;
    let rules = rules::Rules::parse(&std::fs::read_to_string(&a[3])?)?;
    let raw = read::read(r, &a[2])?;
    let plan = derive::derive(&raw, &rules)?;
    std::fs::write("/tmp/out/plan.txt", explain::explain(&plan, None).text())?;
    let f = wit::write(&plan, &raw)?;
    std::fs::write("/tmp/out/friendly.wit", &f.text)?;
    std::fs::write("/tmp/out/adapter.rs", glue::adapter(&plan, "/tmp/out/wit")?)?;
    std::fs::write("/tmp/out/entry.rs", glue::entry(&plan, "/tmp/out/wit")?)?;
    Ok(())
}
