//! Interrupts: what is under way is ended and removed, and then the process ends as the signal says.
//!
//! Children run in process groups of their own, so that all they started can be ended with them. Temporary files
//! and folders are known here from the moment they exist.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What would be left behind by an interrupt now.
#[derive(Debug, Default)]
struct UnderWay {
    /// Children by their process id, which is that of their group too.
    children: BTreeSet<u32>,
    /// Temporary files and folders.
    temporaries: BTreeSet<PathBuf>,
}

static UNDER_WAY: Mutex<UnderWay> = Mutex::new(UnderWay { children: BTreeSet::new(), temporaries: BTreeSet::new() });

/// After an interrupt nobody gets it any more: whoever asks waits for the end of the process.
fn under_way() -> MutexGuard<'static, UnderWay> {
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A child that an interrupt ends.
pub struct Running {
    /// The child.
    pub child: Child,
    /// Has it ended by an interrupt for as long as this lives.
    pub known: Known,
}

/// A temporary file or folder that an interrupt removes, or a child that it ends, for as long as this lives.
pub struct Known(Item);

enum Item {
    Child(u32),
    Temporary(PathBuf),
}

impl Drop for Known {
    fn drop(&mut self) {
        match &self.0 {
            Item::Child(id) => under_way().children.remove(id),
            Item::Temporary(path) => under_way().temporaries.remove(path),
        };
    }
}

/// Starts a child in a group of its own. It ends with this process, however this process ends.
pub fn spawn(command: &mut Command) -> io::Result<Running> {
    system::separate(command);
    // No interrupt comes between the start and the note of it.
    let mut under_way = under_way();
    let child = command.spawn()?;
    under_way.children.insert(child.id());
    drop(under_way);
    let known = Known(Item::Child(child.id()));
    Ok(Running { child, known })
}

/// Makes something temporary, and notes where it is.
pub fn temporary<T>(make: impl FnOnce() -> io::Result<T>, path: impl Fn(&T) -> &Path) -> io::Result<(T, Known)> {
    let mut under_way = under_way();
    let made = make()?;
    let path = path(&made).to_owned();
    under_way.temporaries.insert(path.clone());
    drop(under_way);
    Ok((made, Known(Item::Temporary(path))))
}

pub use system::{end_group, watch};

#[cfg(unix)]
mod system {
    use std::fs;
    use std::io;
    use std::os::unix::process::CommandExt as _;
    use std::path::Path;
    use std::process::{self, Command};
    use std::thread;
    use std::time::Duration;

    use rustix::process::{Pid, Signal, kill_process_group};
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level;

    use super::{UnderWay, under_way};

    /// How often a folder is removed again, into which a child that is being ended has just written.
    const ATTEMPTS: usize = 40;
    const BETWEEN: Duration = Duration::from_millis(25);

    /// From now on an interrupt leaves nothing behind.
    pub fn watch() -> io::Result<()> {
        let mut signals = Signals::new([SIGINT, SIGTERM])?;
        let end = move || {
            if let Some(signal) = signals.forever().next() {
                end(signal);
            }
        };
        thread::Builder::new().name("interrupts".to_owned()).spawn(end).map(drop)
    }

    /// Ends the process, and keeps everybody else from what is under way until then.
    fn end(signal: i32) {
        let under_way = under_way();
        let UnderWay { children, temporaries } = &*under_way;
        children.iter().for_each(|id| end_group(*id));
        temporaries.iter().for_each(|path| remove(path));
        // A shell that runs a script stops it when a command of the script died of an interrupt, and not when
        // the command says that it did.
        if low_level::emulate_default_handler(signal).is_err() {
            process::exit(128 + signal);
        }
    }

    fn remove(path: &Path) {
        for _ in 0..ATTEMPTS {
            let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
            match removed {
                Err(error) if error.kind() != io::ErrorKind::NotFound => thread::sleep(BETWEEN),
                Ok(()) | Err(_) => return,
            }
        }
    }

    /// Ends a child and all that it started.
    pub fn end_group(id: u32) {
        let group = i32::try_from(id).ok().and_then(Pid::from_raw);
        // It fails when they have ended already.
        let _ = group.map(|group| kill_process_group(group, Signal::KILL));
    }

    /// Puts a child into a process group of its own.
    pub fn separate(command: &mut Command) {
        command.process_group(0);
        #[cfg(target_os = "linux")]
        {
            // SAFETY: between fork and exec only what is safe in a signal handler may run. This is one system call.
            unsafe {
                command.pre_exec(|| Ok(rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?));
            }
        }
    }
}

/// Elsewhere a console ends all that runs in it, and what they leave is removed by the next start.
#[cfg(not(unix))]
mod system {
    use std::io;
    use std::process::Command;

    pub fn watch() -> io::Result<()> {
        Ok(())
    }

    /// Ends a child and all that it started.
    pub fn end_group(id: u32) {
        // It fails when they have ended already.
        let _ = Command::new("taskkill").args(["/F", "/T", "/PID", &id.to_string()]).output();
    }

    pub fn separate(_: &mut Command) {}
}
