//! Subjects to the sources of an app: a module for each, and one that asks them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::CorpusError;
use super::subject::{Asked, Subject};

/// What asks expressions: which of them, the path says. It answers with the value, or with the error.
const HANDLER: &str = r#"

class HttpIncoming(exports.HttpIncoming):
    def handle(self, request: http_req.Request, body: http_body.Body) -> None:
        path = urlsplit(request.get_uri()).path
        try:
            text = json.dumps({"value": SUBJECTS[path].first(request, body)})
        except Exception as error:
            text = json.dumps({"error": traceback.format_exception_only(error)[-1].strip()})
            print(traceback.format_exc(), file=sys.stderr)
        answer = http_body.Body()
        answer.write(text.encode())
        http_resp.Response().send_downstream(answer)
"#;

const IMPORTS: &str = "import json
import sys
import traceback
from urllib.parse import urlsplit

from wit_world import exports
from wit_world.imports import http_body, http_req, http_resp

";

/// Writes an app of expressions into a folder that is made: each subject is asked at its path.
pub fn write(folder: &Path, requirements: &[String], subjects: &[(String, &Subject)]) -> Result<(), CorpusError> {
    fs::create_dir_all(folder).map_err(CorpusError::file(folder))?;
    if !requirements.is_empty() {
        file(&folder.join("requirements.txt"), &format!("{}\n", requirements.join("\n")))?;
    }
    let (mut imports, mut table) = (String::new(), String::from("SUBJECTS = {\n"));
    for (at, (path, subject)) in subjects.iter().enumerate() {
        file(&folder.join(format!("subject_{at}.py")), &module(subject))?;
        // A string takes all that is written to it.
        let _ = writeln!(imports, "import subject_{at}");
        let _ = writeln!(table, "    {}: subject_{at},", literal(path));
    }
    file(&folder.join("main.py"), &[IMPORTS, &imports, "\n", &table, "}\n", HANDLER].concat())
}

/// Writes an app that serves the WSGI app of a subject.
pub fn write_wsgi(folder: &Path, requirements: &[String], subject: &Subject, name: &str) -> Result<(), CorpusError> {
    fs::create_dir_all(folder).map_err(CorpusError::file(folder))?;
    file(&folder.join("requirements.txt"), &format!("{}\n", requirements.join("\n")))?;
    file(&folder.join("subject_0.py"), &module(subject))?;
    let paths: Vec<_> = subject.warm_up.iter().map(|path| literal(path)).collect();
    let main = format!(
        "import subject_0\nfrom fastly_py.wsgi import serve_wsgi\n\nHttpIncoming = serve_wsgi(subject_0.{name}, warm_up=[{}])\n",
        paths.join(", ")
    );
    file(&folder.join("main.py"), &main)
}

/// The module of a subject.
fn module(subject: &Subject) -> String {
    let top = subject.top.trim();
    match subject.asked() {
        Ok(Asked::First(first)) => format!("{top}\n\n\ndef first(request, body):\n    return {first}\n"),
        Ok(Asked::Wsgi(_)) | Err(_) => format!("{top}\n"),
    }
}

/// A string as Python writes one: JSON's are a part of Python's.
fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn file(path: &Path, text: &str) -> Result<(), CorpusError> {
    fs::write(path, text).map_err(CorpusError::file(path))
}
