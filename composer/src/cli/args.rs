//! The command line: its commands and options.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Reshapes a WIT world for Python, and composes apps with the adapter that this needs.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, arg_required_else_help = true, propagate_version = true)]
pub struct Cli {
    #[command(flatten)]
    pub inputs: Inputs,
    /// Print JSON: what `explain` and `inspect` list, and what stands in the way of a world
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Command,
}

/// Where the world comes from. Without these options it is the world inside this binary.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "World")]
pub struct Inputs {
    /// Folder of the raw WIT
    #[arg(long, global = true, value_name = "DIR")]
    pub wit: Option<PathBuf>,
    /// The raw world, as `name` or `ns:package/name`
    #[arg(long, global = true, value_name = "NAME")]
    pub world: Option<String>,
    /// Open this feature gate of the WIT, `@unstable(feature = NAME)`; repeatable, or with commas. All others are shut
    #[arg(long, global = true, value_name = "NAME", value_delimiter = ',')]
    pub features: Vec<String>,
    /// The rules file: what the WIT does not say about the world
    #[arg(long, global = true, value_name = "FILE")]
    pub rules: Option<PathBuf>,
    /// Folder of the guests that `composer guests` built
    #[arg(long, global = true, value_name = "DIR", env = "COMPOSER_GUESTS")]
    pub guests: Option<PathBuf>,
    /// Leave out one line of the rules, as `rename."store.take"` or `text.values."store.take"`, and say what the app then sees
    #[arg(long, global = true, value_name = "RULE")]
    pub without: Option<String>,
}

/// The host that the result is for. Without these options it has the raw world that the guests were built for.
#[derive(Debug, Args)]
#[command(next_help_heading = "Host")]
pub struct Host {
    /// Folder of this host's raw WIT, older or newer than that of the guests; `explain` lists what is lost
    #[arg(long, value_name = "DIR")]
    pub host_wit: Option<PathBuf>,
    /// The raw world in that WIT [default: the one that the guests were built for]
    #[arg(long, value_name = "NAME", requires = "host_wit")]
    pub host_world: Option<String>,
}

/// What is seen of the app's host calls while it runs. Without any of these, nothing is added to the app.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Observing")]
pub struct Observe {
    /// Observe the functions that this pattern selects, such as `kv-store.*` or `raw:kv-store.*` [default: every friendly
    /// function]; repeatable
    #[arg(long, value_name = "PATTERN")]
    pub observe: Vec<String>,
    /// Do not observe the functions that this pattern selects; repeatable
    #[arg(long, value_name = "PATTERN")]
    pub except: Vec<String>,
    /// Write a line for each request that took long: how long it was in which host calls
    #[arg(long)]
    pub profile: bool,
    /// How long a request takes at least to have a line, such as `50ms` [default: 0ms]
    #[arg(long, value_name = "TIME", requires = "profile")]
    pub over: Option<String>,
    /// Write a line for shorter requests, too
    #[arg(long, requires = "profile")]
    pub profile_all: bool,
    /// Write a block to read after each line
    #[arg(long, requires = "profile")]
    pub profile_text: bool,
    /// Write a line for each call
    #[arg(long)]
    pub trace: bool,
    /// How the lines of calls are written: `lines` of JSON, or `otlp`, which is spans of OpenTelemetry [default: lines]
    #[arg(long, value_name = "FORMAT", requires = "trace")]
    pub trace_format: Option<String>,
    /// Write the arguments and the answers of these functions, too; repeatable
    #[arg(long, value_name = "PATTERN", requires = "trace")]
    pub trace_values: Vec<String>,
    /// Refuse calls of the functions that this pattern selects: the app gets an error; repeatable
    #[arg(long, value_name = "PATTERN")]
    pub deny: Vec<String>,
    /// Let so many calls of each function through in a request, such as `kv-store.store.*=10`, and refuse the others; repeatable
    #[arg(long, value_name = "PATTERN=N")]
    pub limit: Vec<String>,
    /// Let some calls of these functions fail, to try what the app does then: `kv-store.store.*=1/20` is one of twenty, and
    /// `kv-store.store.*=1/20:7` the same ones in each sandbox; repeatable
    #[arg(long, value_name = "PATTERN=N/M[:SEED]")]
    pub fail: Vec<String>,
    /// Tell this component of each observed call, and have it decide; repeatable, in order
    #[arg(long, value_name = "FILE")]
    pub hook: Vec<PathBuf>,
    /// Observe nothing, and refuse nothing, unless this store of the host has the text `on` under this key: it is read once
    /// a sandbox, such as `config-store:settings/observe`
    #[arg(long, value_name = "INTERFACE:STORE/KEY")]
    pub switch: Option<String>,
    /// Write the lines to this log endpoint, and not to the standard error
    #[arg(long, value_name = "NAME")]
    pub lines_to: Option<String>,
    /// Take more of these from a file of TOML, whose keys are the names of these options
    #[arg(long, value_name = "FILE")]
    pub observe_file: Option<PathBuf>,
}

/// The files that the app has at a request. `[tool.composer.files]` of its `pyproject.toml` takes the same keys.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Files")]
pub struct FilesArgs {
    /// Build the app without files: it can open, list and import nothing at a request
    #[arg(long, conflicts_with_all = ["include", "exclude", "gitignore", "stdlib", "max_tmp_mib"])]
    pub no_files: bool,
    /// Take in the files that this pattern selects, such as `.data/` or `site-packages/shop/tests/`, though they would be
    /// left out; patterns are those of a .gitignore file; repeatable
    #[arg(long, value_name = "PATTERN")]
    pub include: Vec<String>,
    /// Leave out the files that this pattern selects, such as `notes/`, `*.psd` or `site-packages/babel/`; repeatable
    #[arg(long, value_name = "PATTERN")]
    pub exclude: Vec<String>,
    /// Leave out the files of the app's folder that a .gitignore file names
    #[arg(long)]
    pub gitignore: bool,
    /// How much of the standard library can be imported at a request: `all`, `reachable` or `none` [default: reachable]
    #[arg(long, value_name = "HOW MUCH")]
    pub stdlib: Option<String>,
    /// How many MiB a request can write to /tmp, in memory; with 0 nothing can be written [default: 32]
    #[arg(long, value_name = "N")]
    pub max_tmp_mib: Option<u32>,
}

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "there is one of it in a run")]
pub enum Command {
    /// Build a Python app: make it a component of the friendly world, compose it, check the result
    Build(BuildArgs),
    /// Compose an app that is already a component
    Compose {
        /// The app, built against the friendly world
        app: PathBuf,
        /// Where the composed component goes; `-` is the standard output
        #[arg(short, long, value_name = "FILE", default_value = "out.wasm")]
        out: PathBuf,
        /// Link the app: merge its core modules into one, so that it starts faster
        #[arg(long)]
        link: bool,
        /// Leave out the names of functions when linking; a trap then shows numbers instead
        #[arg(long, requires = "link")]
        strip_names: bool,
        /// The app binds the raw world: give it stubs for what the host lacks, and no adapter
        #[arg(long)]
        raw: bool,
        /// Give the app the files in this part, the `files.wasm` that `split` took out of a component
        #[arg(long, value_name = "FILE", conflicts_with = "raw")]
        files: Option<PathBuf>,
        #[command(flatten)]
        observe: Observe,
        #[command(flatten)]
        host: Host,
    },
    /// Print the friendly WIT
    Wit {
        /// Write it to this folder instead, with the packages that it depends on
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        #[command(flatten)]
        host: Host,
    },
    /// Print the plan: each friendly item, the raw calls behind it, the rules applied
    Explain {
        /// Only items whose friendly or raw path contains this text; `*` matches anything
        pattern: Option<String>,
        /// List instead what the world's Python package changes in the bindings
        #[arg(long, conflicts_with_all = ["host_wit", "pattern"])]
        python: bool,
        /// Mark the functions that this pattern selects, as `build` takes it; repeatable
        #[arg(long, value_name = "PATTERN", conflicts_with_all = ["host_wit", "python"])]
        observe: Vec<String>,
        /// Do not mark the functions that this pattern selects; repeatable
        #[arg(long, value_name = "PATTERN", conflicts_with_all = ["host_wit", "python"])]
        except: Vec<String>,
        #[command(flatten)]
        host: Host,
    },
    /// Write type stubs of the bindings and of the world's Python package
    Stubs(StubsArgs),
    /// Show what is inside of a component: its parts and their sizes, versions, imports and exports
    Inspect {
        /// The component, composed or not
        component: PathBuf,
    },
    /// Take a composed component apart again, byte for byte
    Split {
        /// A component that `composer build` or `composer compose` wrote
        component: PathBuf,
        /// The folder for its parts, each in a file with its name: `app.wasm`, `adapter.wasm`, …
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Draw the lines of profiles and traces that an app wrote, as one SVG
    Flame {
        /// What the app wrote: other lines in it are skipped; `-` is the standard input
        file: PathBuf,
        /// The request whose time line is drawn [default: the one that took longest]
        #[arg(long, value_name = "NUMBER")]
        request: Option<u64>,
        /// Where the picture goes; `-` is the standard output
        #[arg(short, long, value_name = "FILE", default_value = "flame.svg")]
        out: PathBuf,
    },
    /// Write the reference page of the friendly world, as HTML
    Docs {
        /// Where the page goes; `-` is the standard output
        #[arg(short, long, value_name = "FILE", default_value = "reference.html")]
        out: PathBuf,
    },
    /// Write a first rules file for a world
    Rules {
        /// Leave out or default what stands in the way, each with its reason, so that the world can be reshaped
        #[arg(long, required = true)]
        init: bool,
        /// Where the rules go; `-` is the standard output
        #[arg(short, long, value_name = "FILE", default_value = "-")]
        out: PathBuf,
    },
    /// Build the guests of a world: adapter and entry
    Guests {
        /// Where the guests go
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// The folder of the guests' hand-written sources
        #[arg(long, value_name = "DIR", default_value = "adapter")]
        sources: PathBuf,
        /// Write the glue and stop
        #[arg(long)]
        glue_only: bool,
        /// Install a Rust that compiles to wasm if there is none: `rustup target add`, or packages of Debian with apt-get
        #[arg(long)]
        install: bool,
    },
}

#[derive(Debug, Args)]
pub struct BuildArgs {
    /// The app's folder
    pub app: PathBuf,
    /// The module that the build starts from, in the app's folder or its `src` folder: `main`, or `package.module`
    #[arg(long, value_name = "MODULE", default_value = "main")]
    pub entry: String,
    /// Where the composed component goes; `-` is the standard output
    #[arg(short, long, value_name = "FILE", default_value = "out.wasm")]
    pub out: PathBuf,
    /// A virtual environment with the app's packages [default: `.venv` or `venv` in the app's folder, or the `.venv` of
    /// its uv workspace; the active one if there is no other source of packages]
    #[arg(long, value_name = "DIR")]
    pub virtualenv: Option<PathBuf>,
    /// Packages to install for the app [default: if its folder has no virtual environment, `requirements.txt` there, or
    /// else the dependencies in `pyproject.toml` there]
    #[arg(long, value_name = "FILE", conflicts_with = "virtualenv")]
    pub requirements: Option<PathBuf>,
    /// A dependency group of the app's `pyproject.toml` to install as well; repeatable
    #[arg(long, value_name = "NAME", conflicts_with_all = ["virtualenv", "requirements"])]
    pub group: Vec<String>,
    /// An interface to bind even if no import of it was found, such as one with a computed name; repeatable
    #[arg(long, value_name = "NAME")]
    pub interface: Vec<String>,
    /// Bind every interface, even those that the app does not import
    #[arg(long, conflicts_with = "interface")]
    pub all_interfaces: bool,
    /// Leave out the world's Python package: the app gets the bindings without a change
    #[arg(long)]
    pub plain: bool,
    /// Time limit in seconds for importing the app at build time; 0 means no limit
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    pub timeout: u64,
    /// Do not link the app: keep the core modules as componentize-py made them
    #[arg(long, env = "COMPOSER_NO_LINK")]
    pub no_link: bool,
    /// Leave out the names of functions when linking; a trap then shows numbers instead
    #[arg(long, conflicts_with = "no_link")]
    pub strip_names: bool,
    /// The componentize-py to run
    #[arg(long, value_name = "FILE", env = "COMPONENTIZE_PY")]
    pub componentize_py: Option<PathBuf>,
    #[command(flatten)]
    pub files: FilesArgs,
    #[command(flatten)]
    pub observe: Observe,
    #[command(flatten)]
    pub host: Host,
}

#[derive(Debug, Args)]
pub struct StubsArgs {
    /// Take the stubs from this component, which `composer build` made
    #[arg(conflicts_with_all = ["plain", "host_wit"])]
    pub component: Option<PathBuf>,
    /// The folder for the stubs; your own lines between `# keep` and `# end keep` stay there
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Write nothing; fail with a diff if the files there differ
    #[arg(long)]
    pub check: bool,
    /// Stubs of the bindings without the package, for apps that are built with --plain
    #[arg(long)]
    pub plain: bool,
    #[command(flatten)]
    pub host: Host,
}
