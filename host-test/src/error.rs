//! What can go wrong between the command line and a running server.
//!
//! Every message is one line that says what failed, where, why, and what to do next: it is what the
//! `serve` binary prints.

use std::error::Error as StdError;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use viceroy_lib::error::FastlyConfigError;

/// Why a server could not be started, or stopped by itself.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The component's file cannot be read.
    #[error("cannot read {}: {}; build the app first, or correct the path", path.display(), os_reason(source))]
    ReadWasm {
        /// The file asked for.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },

    /// The file holds something other than WebAssembly.
    #[error("cannot serve {}: it is not a WebAssembly binary; pass the .wasm file that the build wrote", path.display())]
    NotWasm {
        /// The file asked for.
        path: PathBuf,
    },

    /// The file is WebAssembly, of the older kind.
    #[error(
        "cannot serve {}: it is a core module, not a component; pass the composed component that the build wrote",
        path.display()
    )]
    CoreModule {
        /// The file asked for.
        path: PathBuf,
    },

    /// The `fastly.toml` cannot be read.
    #[error("cannot read {}: {}; correct the path given with -C", path.display(), os_reason(source))]
    ReadConfig {
        /// The file asked for.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },

    /// The `fastly.toml` was read and the host does not accept it.
    #[error("cannot use {}: {reason}; correct the file and start again", path.display())]
    Config {
        /// The file asked for.
        path: PathBuf,
        /// What is wrong with it, in one line.
        reason: String,
    },

    /// The address is one that other machines could reach.
    #[error(
        "cannot listen on {addr}: other machines could reach it; choose a loopback --addr such as 127.0.0.1:{}",
        addr.port()
    )]
    NotLoopback {
        /// The address asked for.
        addr: SocketAddr,
    },

    /// The address cannot be listened on.
    #[error("cannot listen on {addr}: {}; {}", os_reason(source), listen_advice(source))]
    Listen {
        /// The address asked for.
        addr: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },

    /// The host cannot make its TLS client, which it does even for an app without backends.
    #[error(
        "cannot start the host: this machine has no CA certificates to check backends with; \
         install them, or name a bundle in the environment variable SSL_CERT_FILE"
    )]
    NoCertificates,

    /// The component does not compile, or does not fit this host.
    #[error(
        "cannot load {}: {reason}; rebuild it for the host's own `fastly:compute/service` world",
        path.display()
    )]
    Load {
        /// The file asked for.
        path: PathBuf,
        /// What is wrong with it, in one line.
        reason: String,
    },

    /// The threads that serve cannot be made.
    #[error("cannot start the server's threads: {}; close other programs and try again", os_reason(source))]
    Threads {
        /// What the operating system said.
        source: io::Error,
    },

    /// The server ended although nobody stopped it.
    #[error("the server on {addr} stopped by itself: {reason}; start it again")]
    Ended {
        /// Where it listened.
        addr: SocketAddr,
        /// What it ended on, in one line.
        reason: String,
    },
}

/// The operating system's reason, in the case and without the number that messages here leave out.
pub(crate) fn os_reason(error: &io::Error) -> String {
    // A socket's limit is reported as whatever the system calls a wait that it will not do.
    if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) {
        return "nothing came in time".to_owned();
    }
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

fn listen_advice(error: &io::Error) -> &'static str {
    if error.kind() == io::ErrorKind::AddrInUse {
        "stop the other server or choose another --addr"
    } else if error.kind() == io::ErrorKind::PermissionDenied {
        "choose a --addr with a port of 1024 or more"
    } else {
        "choose another --addr"
    }
}

/// An error and its causes on one line, each said once.
///
/// The host's errors often repeat their cause in their own text, and some span several lines.
pub(crate) fn one_line(error: &(dyn StdError + 'static)) -> String {
    let mut line = String::new();
    let mut next = Some(error);
    while let Some(cause) = next {
        let text = cause.to_string();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !line.contains(&text) {
            if !line.is_empty() {
                line.push_str(": ");
            }
            line.push_str(&text);
        }
        next = cause.source();
    }
    line
}

/// What the host has against a `fastly.toml`, in one line.
///
/// A TOML error would draw the offending line over several of its own: the line's number does.
pub(crate) fn config_reason(error: &FastlyConfigError, text: &str) -> String {
    let FastlyConfigError::InvalidFastlyToml(error) = error else {
        return one_line(error);
    };
    let message = error.message().lines().collect::<Vec<_>>().join(", ");
    match error.span().and_then(|span| text.get(..span.start)) {
        Some(before) => format!("line {}: {message}", before.matches('\n').count() + 1),
        None => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_os_error_reads_as_part_of_a_sentence() {
        let error = io::Error::from_raw_os_error(2);
        assert_eq!(os_reason(&error), "no such file or directory");
    }

    #[test]
    fn a_taken_port_says_what_to_do() {
        let error = ServeError::Listen {
            addr: SocketAddr::from(([127, 0, 0, 1], 7676)),
            source: io::Error::from(io::ErrorKind::AddrInUse),
        };
        let text = error.to_string();
        assert!(text.starts_with("cannot listen on 127.0.0.1:7676: "), "{text}");
        assert!(text.ends_with("stop the other server or choose another --addr"), "{text}");
    }

    #[test]
    fn a_syntax_error_names_its_line() {
        let text = "name = \"app\"\n\n[local_server\n";
        let error = text.parse::<viceroy_lib::config::FastlyConfig>().expect_err("the bracket is missing");
        let reason = config_reason(&error, text);
        assert!(reason.starts_with("line 3: "), "{reason}");
        assert!(!reason.contains('\n'), "{reason}");
    }

    #[test]
    fn a_cause_is_not_said_twice() {
        #[derive(Debug, thiserror::Error)]
        #[error("outer: {0}")]
        struct Outer(#[source] io::Error);
        assert_eq!(one_line(&Outer(io::Error::other("inner"))), "outer: inner");
    }
}
