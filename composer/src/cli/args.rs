//! The command line: what can be asked for.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Reshapes a WIT world for Python, and composes apps with the adapter that this needs.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, arg_required_else_help = true, propagate_version = true)]
pub struct Cli {
    #[command(flatten)]
    pub inputs: Inputs,
    #[command(subcommand)]
    pub command: Command,
}

/// Where the world comes from. Without any of these, it is the one inside this binary.
#[derive(Debug, Args)]
#[command(next_help_heading = "World")]
pub struct Inputs {
    /// Folder of the raw WIT
    #[arg(long, global = true, value_name = "DIR")]
    pub wit: Option<PathBuf>,
    /// The raw world, as `name` or `ns:package/name`
    #[arg(long, global = true, value_name = "NAME")]
    pub world: Option<String>,
    /// What WIT does not say about the world
    #[arg(long, global = true, value_name = "FILE")]
    pub rules: Option<PathBuf>,
    /// Folder of guests that `composer guests` built
    #[arg(long, global = true, value_name = "DIR", env = "COMPOSER_GUESTS")]
    pub guests: Option<PathBuf>,
}

/// The host that the result is for. Without any of these, it has the raw world that the guests were built for.
#[derive(Debug, Args)]
#[command(next_help_heading = "Host")]
pub struct Host {
    /// Folder of the raw WIT that the host has, older or newer than the guests'; `explain` says what is lost there
    #[arg(long, value_name = "DIR")]
    pub host_wit: Option<PathBuf>,
    /// The raw world in it [default: the one that the guests were built for]
    #[arg(long, value_name = "NAME", requires = "host_wit")]
    pub host_world: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Build a Python app: componentize it against the friendly world, compose, check
    Build(BuildArgs),
    /// Compose an app that is a component already
    Compose {
        /// The app, built against the friendly world
        app: PathBuf,
        /// Where the composed component goes; `-` is the standard output
        #[arg(short, long, value_name = "FILE", default_value = "out.wasm")]
        out: PathBuf,
        /// Make one core module of those that the app is wired of, so that it starts quicker
        #[arg(long)]
        link: bool,
        /// Leave out the names of functions when linking; where the app traps, numbers are shown then
        #[arg(long, requires = "link")]
        strip_names: bool,
        #[command(flatten)]
        host: Host,
    },
    /// Print the friendly WIT
    Wit {
        /// Write it and the packages it depends on into this folder instead
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        #[command(flatten)]
        host: Host,
    },
    /// Print the plan: each friendly item, the raw calls behind it, the rules applied
    Explain {
        /// Only items whose friendly or raw path contains this; `*` stands for anything
        pattern: Option<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
        /// What the world's Python package changes in the bindings, instead
        #[arg(long, conflicts_with_all = ["host_wit", "pattern"])]
        python: bool,
        #[command(flatten)]
        host: Host,
    },
    /// Write type stubs of the bindings and of the world's Python package
    Stubs(StubsArgs),
    /// Say what is inside of a component: its parts and their sizes, versions, imports and exports
    Inspect {
        /// The component, composed or not
        component: PathBuf,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Take a composed component apart again, byte for byte
    Split {
        /// A component that `composer build` or `composer compose` wrote
        component: PathBuf,
        /// The folder that its parts go into, each as a file of its name: `app.wasm`, `adapter.wasm`, …
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Write the reference page of the friendly world, as HTML
    Docs {
        /// Where the page goes; `-` is the standard output
        #[arg(short, long, value_name = "FILE", default_value = "reference.html")]
        out: PathBuf,
    },
    /// Build the guests, adapter and entry, for a world
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
    },
}

#[derive(Debug, Args)]
pub struct BuildArgs {
    /// The app's folder
    pub app: PathBuf,
    /// The module that the build starts from, in the app's folder or in `src` there: `main`, or `package.module`
    #[arg(long, value_name = "MODULE", default_value = "main")]
    pub entry: String,
    /// Where the composed component goes; `-` is the standard output
    #[arg(short, long, value_name = "FILE", default_value = "out.wasm")]
    pub out: PathBuf,
    /// A virtual environment whose packages the app uses [default: `.venv` or `venv` in the app's folder, or `.venv` of
    /// its uv workspace; the active one if nothing else says what the app needs]
    #[arg(long, value_name = "DIR")]
    pub virtualenv: Option<PathBuf>,
    /// Packages to install for the app [default: `requirements.txt` in its folder, else what `pyproject.toml` there depends
    /// on, if there is no virtual environment in it]
    #[arg(long, value_name = "FILE", conflicts_with = "virtualenv")]
    pub requirements: Option<PathBuf>,
    /// A dependency group of the app's `pyproject.toml` to install, too; repeatable
    #[arg(long, value_name = "NAME", conflicts_with_all = ["virtualenv", "requirements"])]
    pub group: Vec<String>,
    /// An interface to bind although no import of it was found, such as one imported by a computed name; repeatable
    #[arg(long, value_name = "NAME")]
    pub interface: Vec<String>,
    /// Bind every interface, whatever the app imports
    #[arg(long, conflicts_with = "interface")]
    pub all_interfaces: bool,
    /// Leave out the world's Python package: the app gets the bindings as they are
    #[arg(long)]
    pub plain: bool,
    /// How many seconds the import of the app may take, which happens at build time; 0 for as long as it likes
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    pub timeout: u64,
    /// Leave the app's core modules as componentize-py wired them, and do not make one of them
    #[arg(long, env = "COMPOSER_NO_LINK")]
    pub no_link: bool,
    /// Leave out the names of functions when linking; where the app traps, numbers are shown then
    #[arg(long, conflicts_with = "no_link")]
    pub strip_names: bool,
    /// The componentize-py to run
    #[arg(long, value_name = "FILE", env = "COMPONENTIZE_PY")]
    pub componentize_py: Option<PathBuf>,
    #[command(flatten)]
    pub host: Host,
}

#[derive(Debug, Args)]
pub struct StubsArgs {
    /// A component that `composer build` made, whose own stubs these are
    #[arg(conflicts_with_all = ["plain", "host_wit"])]
    pub component: Option<PathBuf>,
    /// The folder they go into; lines of yours between `# keep` and `# end keep` stay there
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Write nothing, and fail with a diff where the files there are not these
    #[arg(long)]
    pub check: bool,
    /// Of the bindings as they are, for apps that are built with --plain
    #[arg(long)]
    pub plain: bool,
    #[command(flatten)]
    pub host: Host,
}
