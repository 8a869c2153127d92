//! Which request is under way, and what its calls came to.

use super::evidence::Failed;
use super::otlp::{self, Trace};
use super::single::Single;
use super::tables::{Function, Tables, Text, flags};
use super::{evidence, hooks, host, policy, profile, switch, trace};

/// A call that returned.
pub struct Call {
    /// Its place among the observed functions.
    pub function: u32,
    pub start: u64,
    pub end: u64,
    /// The place of the error's case, or -1.
    pub case: i32,
    pub bytes_in: u32,
    pub bytes_out: u32,
}

impl Call {
    /// How long it took; a clock that goes back says nothing.
    pub fn took(&self) -> u64 {
        self.end.saturating_sub(self.start)
    }
}

/// What is known of the request that is under way, and of the sandbox.
pub struct State {
    /// How many requests there were in this sandbox, this one included.
    pub request: u64,
    is_under_way: bool,
    /// When it began.
    pub began: u64,
    /// In host calls so far, and in those of them that wait.
    pub inside: u64,
    pub waiting: u64,
    /// How many calls there were.
    pub calls: u64,
    /// What the observer takes for a call, once that was measured.
    cost: Option<u64>,
    /// Whether observing is switched on, once that was read.
    is_on: Option<bool>,
    /// The raw call that failed last.
    failed: Option<Failed>,
    /// The option or the hook that the call which is under way was refused by.
    refused: Option<Text>,
    /// How many calls of the request hooks were told of, and which hooks a line was about.
    pub hooked: u64,
    pub announced: u32,
    /// What the spans of the request share.
    pub trace: Trace,
}

static STATE: Single<State> = Single::new(State {
    request: 0,
    is_under_way: false,
    began: 0,
    inside: 0,
    waiting: 0,
    calls: 0,
    cost: None,
    is_on: None,
    failed: None,
    refused: None,
    hooked: 0,
    announced: 0,
    trace: Trace::NONE,
});

/// Works with the state.
pub fn with<R>(work: impl FnOnce(&mut State) -> R) -> R {
    STATE.with(work)
}

impl State {
    pub fn begin(&mut self, now: u64) {
        if !self.is_on() {
            return;
        }
        self.end(now);
        let request = self.request + 1;
        let trace = if Tables::get().flags & flags::OTLP != 0 { Trace::begin(now) } else { Trace::NONE };
        host::begin_raw(request, &trace);
        self.begin_raw(request, host::now(), trace);
    }

    /// Whether observing is switched on; wrappers ask no more once it is off.
    fn is_on(&mut self) -> bool {
        let is_on = self.is_on.unwrap_or_else(|| Tables::get().switch().is_none_or(switch::is_on));
        if self.is_on.is_none() && !is_on {
            host::set(0);
            host::switch_off();
        }
        self.is_on = Some(is_on);
        is_on
    }

    pub fn begin_raw(&mut self, request: u64, now: u64, trace: Trace) {
        self.trace = trace;
        self.request = request;
        self.is_under_way = true;
        (self.inside, self.waiting, self.calls) = (0, 0, 0);
        (self.hooked, self.announced) = (0, 0);
        clear(Tables::get());
        self.began = now;
    }

    pub fn end(&mut self, now: u64) {
        if !self.is_under_way {
            return;
        }
        let tables = Tables::get();
        let total = now.saturating_sub(self.began);
        let is_asked_for = tables.flags & flags::PROFILE_ALL != 0 || total >= tables.over;
        // Where no line is about a function of the app, all that is observed is in the adapter.
        if tables.flags & flags::OTLP != 0 {
            otlp::request(self, total);
        }
        self.end_raw(total, is_asked_for && tables.functions().iter().any(Function::is_reported));
        host::end_raw(total, is_asked_for);
    }

    pub fn end_raw(&mut self, total: u64, is_asked_for: bool) {
        self.is_under_way = false;
        let tables = Tables::get();
        if tables.flags & flags::PROFILE != 0 && is_asked_for {
            let cost = self.cost();
            profile::report(self, total, cost.saturating_mul(self.calls));
        }
    }

    pub fn leave(&mut self, call: &Call) {
        let tables = Tables::get();
        let Some(function) = tables.functions().get(call.function as usize) else { return };
        let refused = self.refused.take();
        if let Ok(case) = u32::try_from(call.case) {
            if tables.flags & flags::RAW != 0 {
                self.failed = Some(Failed { function: call.function, case, start: call.start });
            } else {
                evidence::keep(refused, call.start);
            }
        }
        hooks::after(self, function, call);
        if !function.is_reported() {
            return;
        }
        if self.is_under_way {
            self.calls += 1;
            self.inside = self.inside.saturating_add(call.took());
            if function.waits() {
                self.waiting = self.waiting.saturating_add(call.took());
            }
            count(function, call);
        }
        if tables.flags & flags::OTLP != 0 {
            // A span is of a trace, and a trace of a request.
            if self.is_under_way {
                otlp::call(self, function, call);
            }
        } else if tables.flags & flags::TRACE != 0 {
            trace::call(self, function, call);
        }
    }

    /// The place of the case that a call is refused with, if it is.
    pub fn decide(&mut self, function: u32) -> Option<u32> {
        let function = Tables::get().functions().get(function as usize)?;
        let (case, by) = policy::refused(self, function).or_else(|| hooks::before(self, function))?;
        self.refused = Some(by);
        Some(case)
    }

    /// The last call that failed since then, as one number; 0 where there is none.
    pub fn evidence(&self, since: u64) -> u64 {
        self.failed.filter(|failed| failed.start >= since).map_or(0, Failed::packed)
    }

    /// The number of the request that is under way; 0 where none is.
    pub fn current(&self) -> u64 {
        if self.is_under_way { self.request } else { 0 }
    }

    /// What the observer itself takes for a call: measured once, when it first has something to report.
    fn cost(&mut self) -> u64 {
        const TIMES: u64 = 16;
        if let Some(cost) = self.cost {
            return cost;
        }
        let Some(spare) = Tables::get().functions().last() else { return 0 };
        let kept = core::mem::take(spare.totals());
        let start = host::now();
        for _ in 0..TIMES {
            let start = host::now();
            count(spare, &Call { function: 0, start, end: host::now(), case: -1, bytes_in: 0, bytes_out: 0 });
        }
        let cost = host::now().saturating_sub(start) / TIMES;
        *spare.totals() = kept;
        self.cost = Some(cost);
        cost
    }
}

fn count(function: &Function, call: &Call) {
    let (totals, took) = (function.totals(), call.took());
    totals.count += 1;
    totals.total = totals.total.saturating_add(took);
    totals.longest = totals.longest.max(took);
    totals.bytes_in += u64::from(call.bytes_in);
    totals.bytes_out += u64::from(call.bytes_out);
    if let Ok(case) = usize::try_from(call.case)
        && let Some(count) = function.error_counts().get_mut(case)
    {
        *count += 1;
    }
}

fn clear(tables: &Tables) {
    for function in tables.functions() {
        policy::clear(function);
        if function.totals().count != 0 {
            *function.totals() = Default::default();
            function.error_counts().fill(0);
        }
    }
}
