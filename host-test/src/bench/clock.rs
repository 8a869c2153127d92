//! How long this thread has run. On a busy machine, the clock on the wall counts what others did in between.

use std::sync::LazyLock;
use std::time::Instant;

/// The time that this thread has run, in nanoseconds.
#[cfg(unix)]
pub fn thread_time() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

/// The time that all threads of this process have run, in nanoseconds.
#[cfg(unix)]
pub fn process_time() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

/// Where there is no such clock, the one on the wall.
#[cfg(not(unix))]
pub fn thread_time() -> f64 {
    wall_time()
}

/// Where there is no such clock, the one on the wall.
#[cfg(not(unix))]
pub fn process_time() -> f64 {
    wall_time()
}

/// The time on the wall since this was first asked, in nanoseconds.
pub fn wall_time() -> f64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed().as_nanos() as f64
}
