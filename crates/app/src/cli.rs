//! The command line: what can be asked for, and the help that says so.
//!
//! Deliberately not here: what the commands do.

mod api;
mod llm;
mod local;
mod looks;
mod measure;
mod people;
mod records;
mod service;
mod time;
mod weights;

pub use api::{ApiKey, NewKey};
pub use llm::{By, Llm};
pub use local::{AsanaPlan, Demo, Sandbox, Switch};
pub use looks::{Portfolio, Retro};
pub use measure::{Backtest, Eval, Mode, Suite};
pub use people::{Approvals, Chosen, Narrowed, Overrides, PhaseCommand, PhasePlace, Review, State, Undo};
pub use records::{Audit, ConfigPart, ForgetTexts, Form, Plan};
pub use service::{Jobs, Serve, Standing, Work};
pub use time::{Assign, Risk, Sprint};
pub use weights::{Calibrate, Decision, Golden, Rubric, Who};

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use std::path::PathBuf;

const EXIT_CODES: &str = "Exit codes:
  0  all well
  1  something failed; the message says what
  2  wrong usage or configuration; nothing was done
  3  Asana refused: the token, the plan, or an unknown object
  4  part of the writes did not happen; run the same command again
  5  a check failed: doctor found something broken, the audit trail or a replay differs, a golden set blocks a rubric or model

Environment: ASANA_ACCESS_TOKEN, ASANA_BASE_URL, DATABASE_URL, UPNEXT_CONFIG, UPNEXT_LOG (for example asana=debug),
UPNEXT_LOG_FORMAT (text or json), UPNEXT_MODEL_KEY, OPENAI_API_KEY, ANTHROPIC_API_KEY, UPNEXT_KEY,
UPNEXT_ASANA_CLIENT_SECRET";

/// Explainable AI prioritisation for Asana: scores a backlog, says why, writes only what policy and people allow, and
/// undoes it.
#[derive(Debug, Parser)]
#[command(name = "upnext", version, max_term_width = 110)]
pub struct Cli {
    /// Print one JSON value instead of text.
    #[arg(long, global = true)]
    pub json: bool,
    /// Configuration file; over UPNEXT_CONFIG.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// The command line of this process; ends it with help or a message when that is what was asked for.
    pub fn read() -> Cli {
        let matches = with_exit_codes(Cli::command()).get_matches();
        Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

/// Every command's help ends with the exit codes, as the whole one does.
fn with_exit_codes(command: clap::Command) -> clap::Command {
    command.after_help(EXIT_CODES).mut_subcommands(with_exit_codes)
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Watch the whole thing on a local Asana with a real backlog: no account, no keys, nothing left behind.
    Demo(Demo),
    /// Run a local Asana for tests and trials.
    Sandbox(Sandbox),
    /// Add the fields a project needs. Safe to repeat: what exists is reused.
    Setup {
        /// Projects to set up.
        #[command(flatten)]
        scope: Scope,
    },
    /// Score a backlog and plan the writes; with --apply, carry them out.
    ///
    /// Without --apply nothing is written to Asana: the plan is saved, `upnext plan show` prints it and `upnext plan
    /// apply` carries it out.
    Groom {
        /// Projects to groom.
        #[command(flatten)]
        scope: Scope,
        /// Write what the plan says.
        #[arg(long)]
        apply: bool,
    },
    /// Say what new requests are: type, category, complexity, priority, effort, what they repeat and what they do not say.
    ///
    /// Labels come from what people labelled before (`upnext learn`), or from rules while there is too little of that. A
    /// label that is not sure enough (policy.triage.precision) is shown with its chances and not planned. The plan fills
    /// empty fields only; --apply carries out what policy.triage.fill and the phase allow. Reads the project as a groom does:
    /// the first time one request a task that was ever changed.
    Triage(Triage),
    /// Foretell when open tasks will be done, and which due dates are in danger and why.
    ///
    /// Draws the network of tasks 10,000 times, with the spread of efforts and everybody's hours. With --apply, owners are told of
    /// dates in danger in a note that is edited in place, and told when the danger has passed; where policy.risk.flag wants it, the
    /// tasks are flagged in a field.
    Risk(Risk),
    /// Plan a sprint: the most value that people's hours, skills and dependencies allow, with who does what.
    ///
    /// Says how far the plan may be from the best, what holds it back and why each other task is left out; --compare puts another
    /// condition beside it. Writes nothing to Asana without --apply or --post.
    Sprint(Sprint),
    /// Say who should have the open tasks that nobody has, and why not the others.
    ///
    /// With --apply the suggestion is written into the field for the recommended assignee; the task itself is given to them only
    /// where policy.assign.set and the phase let it.
    Assign(Assign),
    /// Look at saved plans, carry them out, or make them again to compare.
    #[command(subcommand)]
    Plan(Plan),
    /// What waits for a person's word: look at it, say yes or no.
    ///
    /// Where the phase does not let Upnext write the official priority or section, a groom asks instead (policy.approvals).
    #[command(subcommand)]
    Approvals(Approvals),
    /// How far Upnext may go in a project: look at it, go a step on or back.
    #[command(subcommand)]
    Phase(PhaseCommand),
    /// Where people set other values than Upnext's: look at them, say why, give a value back.
    #[command(subcommand)]
    Overrides(Overrides),
    /// Restore what a run wrote, where nobody has changed it since.
    ///
    /// All of it, or on some tasks or in some fields only. What is not restored is told, with the reason.
    Undo(Undo),
    /// Why a task has its score, and what would change it.
    Explain {
        /// The task's gid, or its URL.
        task: String,
    },
    /// Sign in to Asana with OAuth, instead of giving a token.
    ///
    /// Prints an address to open and reads from standard input the code that Asana then shows. The tokens are sealed and kept in
    /// the store; every process on that store uses them and renews them by itself. Needs an app: asana.client_id and its secret
    /// (docs/sign-in.md). ASANA_ACCESS_TOKEN and asana.token_file go before the sign-in.
    SignIn,
    /// Give the permission of `upnext sign-in` back to Asana and forget its tokens.
    SignOut,
    /// What works with this token, plan, project and language model; what is lost where it does not, and how to mend it.
    Doctor {
        /// Projects to look at too.
        #[arg(long = "project", value_name = "GID")]
        projects: Vec<String>,
    },
    /// Try the rubric on the project's past: would it have put first what was really taken up next?
    ///
    /// Every week of the period the backlog is put back to what it was, judged with what was known then, and compared with
    /// what the team did in the days after, beside the orders it has for nothing: priority field, FIFO, LIFO, due date, WSJF.
    /// Reads only: one request a task.
    Backtest(Backtest),
    /// Learn from a project's history: what tasks take, what requests are, how far a confidence can be trusted.
    ///
    /// Reads the finished tasks, holds back the newest part, and puts a model in force only when it is no worse there than
    /// the one before and than a simple baseline. From then on `upnext groom` estimates the effort of tasks that have none,
    /// with an interval and the finished tasks it rests on; `upnext explain` shows them. Writes nothing to Asana. Run it
    /// once a week.
    Learn {
        /// Projects to learn from.
        #[command(flatten)]
        scope: Scope,
        /// Only what was finished since this day, YYYY-MM-DD; two years without it.
        #[arg(long, value_name = "DAY")]
        since: Option<jiff::civil::Date>,
    },
    /// Look at learned models, or go back to an older one.
    #[command(subcommand)]
    Model(Model),
    /// Look into what a language model is asked, what it says and what it costs.
    #[command(subcommand)]
    Llm(Llm),
    /// Learn how much each criterion counts for the team, and propose a rubric with those weights.
    ///
    /// Asks "A or B first?" in the terminal, about two tasks of the backlog at a time, chosen so that the answer tells most.
    /// Part of the questions check what was learned: a proposal is only made when answers that nothing was fitted on speak
    /// for it. Every answer is kept as it comes; the same command goes on where it was left. Nothing is written to Asana, and
    /// nothing changes until somebody says `upnext rubric accept`.
    Calibrate(Calibrate),
    /// The rubrics proposed for a project: look at them, put one in force, turn one down, go back.
    #[command(subcommand)]
    Rubric(Rubric),
    /// The golden set of a project: an order that later rubrics are held against.
    #[command(subcommand)]
    Golden(Golden),
    /// Measure the learned judgement on data whose answers are known.
    ///
    /// Reads every table of a folder, learns row by row in the order of time and writes one prediction a row. Nothing is
    /// asked of Asana and nothing is kept.
    Eval(Eval),
    /// Find tasks like a task or a question, done ones too, with the passages that speak for them.
    ///
    /// Searches names, descriptions and comments of a project, and the text of attachments where policy.read_attachments says
    /// so. Reads only; the first time one request a task that was ever changed, afterwards only what changed since.
    Similar(Similar),
    /// Delete what Upnext keeps of a project's texts.
    ///
    /// Goes: text of attachments, remembered comments, snapshots (descriptions and comments that plans were made from), the
    /// latest judgements, learned models and golden sets. A saved plan can then no longer be applied or replayed; the next
    /// groom makes a new one, and the next `upnext learn` new models. Stays, because undo and the audit rest on it: plans, the
    /// journal of writes, overrides, scores, with names of tasks and values that Upnext wrote, among them rationales, which may
    /// quote a comment in a few words. The deletion itself is noted in the audit. What is deleted is read again by the next groom or search: take
    /// the project out of those, or switch policy.read_attachments off, to keep it away. Needs no token.
    Forget(ForgetTexts),
    /// Look back at a week: what was written, what people decided, where they disagree, whether anything drifts, what it cost.
    ///
    /// With --post, one comment on the host task, edited in place for the rest of the week; a schedule posts too (service.schedules).
    Review(Review),
    /// Rank the projects of a portfolio by the attention they need, with the first tasks of all and where hours lack.
    ///
    /// A priority is the sum of what a project's first tasks are worth and of what endangers it: its date against the forecast, other projects,
    /// its budget, its goals. Writes nothing without --apply: then each project's priority and reasons into the portfolio's fields “AI Project
    /// Priority” (number) and “AI Project Rationale” (text), where it has them, and one status update a day. Undo takes all of it back.
    Portfolio(Portfolio),
    /// Look back at a sprint: planned against done, why the rest is missing, estimates, bottlenecks, what comments were about.
    ///
    /// Rebuilds what was in the sprint when it began from the tasks' own histories: one request a task. Every figure names its tasks; none is by
    /// person. Writes nothing without --apply: then one comment on the retrospective task (policy.retro_task), edited in place, and the
    /// document attached to it, replaced when it is made again. Undo takes both away.
    Retro(Retro),
    /// The record of everything Upnext did.
    #[command(subcommand)]
    Audit(Audit),
    /// Write everything the store holds into one new file, while others go on working. Needs no token.
    ///
    /// The file can be restored into a SQLite file or into PostgreSQL, whichever it came from. It holds what the store holds:
    /// texts of tasks and comments too, and secrets sealed with the service key, which is not in it. Keep that key elsewhere
    /// (see `upnext key`).
    Backup {
        /// The file to make.
        file: PathBuf,
    },
    /// Make the store anew from a backup, and check its audit chain. Needs no token.
    ///
    /// Refuses a file that is damaged or no backup, and a store that somebody uses or that holds anything. Ends with 5 when all
    /// was restored and the audit chain in it is broken.
    Restore {
        /// The backup.
        file: PathBuf,
        /// Replace a SQLite store that holds something; the old file is kept beside it, with the time in its name.
        #[arg(long)]
        over: bool,
    },
    /// Print the configuration.
    Config {
        /// Which.
        #[arg(value_enum, default_value_t = ConfigPart::InForce)]
        part: ConfigPart,
    },
    /// Keep every connected project right, all the time: receive webhooks, rescore what changed, run the timetable.
    ///
    /// One process does it all. Add `upnext work` on a shared PostgreSQL for more hands. SIGTERM ends it after what is under
    /// way; killed, it loses nothing. Serves the dashboard (the first start tells its admin
    /// token), /health/live, /health/ready and /metrics, and takes Asana's webhooks.
    Serve(Serve),
    /// Serve the dashboard of a store alone: no webhooks, no work, no token for Asana needed.
    ///
    /// It only reads: answering approvals and taking back runs is for the same pages of `upnext serve`.
    Dashboard {
        /// Where to listen, over service.listen; port 0 lets the system choose.
        #[arg(long, value_name = "ADDRESS:PORT")]
        listen: Option<std::net::SocketAddr>,
    },
    /// Make a new token for signing in to the dashboard; the one before no longer works, and everybody is signed out.
    AdminToken,
    /// Keys that let programs use the API (docs/api.md): make one, look at them, take one back. Needs no token.
    #[command(subcommand)]
    ApiKey(ApiKey),
    /// Work on the same jobs as a running `upnext serve`; takes no webhooks and shows no dashboard.
    Work(Work),
    /// Connect projects: a running `upnext serve` keeps them right from now on.
    Connect {
        /// Projects to connect.
        #[command(flatten)]
        scope: Scope,
    },
    /// Disconnect projects and take away their webhooks. What was written stays.
    Disconnect {
        /// Projects, by gid or URL.
        #[arg(long = "project", value_name = "GID", required = true)]
        projects: Vec<String>,
    },
    /// The connected projects, how they are heard of, and what is wrong with them. Needs no token.
    Connections,
    /// Let an assistant ask: speaks the Model Context Protocol on standard input and output. Needs no token.
    ///
    /// Tools: projects, ranking, why, what_if, plans, approvals. They read the store, ask nothing of Asana and change nothing. Give an
    /// assistant that runs programs the command `upnext mcp`, and where the configuration is not found by itself,
    /// `upnext --config FILE mcp`.
    Mcp {
        /// Only these projects, by gid or URL; every one without it.
        #[arg(long = "project", value_name = "GID")]
        projects: Vec<String>,
    },
    /// What the service has to do, is doing and has given up. Needs no token.
    #[command(subcommand)]
    Jobs(Jobs),
    /// Print a new key for service.key_file or UPNEXT_KEY, which secrets in the store are sealed with.
    Key,
    /// The child that reads one attachment: bytes on standard input, JSON on standard output.
    #[command(hide = true)]
    ExtractText {
        /// The file's name, or its ending.
        name: String,
        /// How much it may ask for, JSON.
        limits: String,
    },
}

/// `upnext similar`.
#[derive(Debug, Clone, Args)]
pub struct Similar {
    /// The project to search, by gid or URL.
    #[arg(long, value_name = "GID")]
    pub project: String,
    /// What is asked.
    #[command(flatten)]
    pub asked: SimilarTo,
    /// At most this many tasks.
    #[arg(long, value_name = "COUNT", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=200))]
    pub limit: u16,
}

/// A task or a text.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
pub struct SimilarTo {
    /// The task whose like is looked for, by gid or URL; it may be in another project.
    pub task: Option<String>,
    /// Words to look for instead.
    #[arg(long, value_name = "WORDS")]
    pub text: Option<String>,
}

/// Which projects.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct Scope {
    /// A project's gid or URL; may be repeated.
    #[arg(long = "project", value_name = "GID")]
    pub projects: Vec<String>,
    /// A portfolio's gid: all its projects.
    #[arg(long, value_name = "GID")]
    pub portfolio: Option<String>,
}

/// `upnext triage`.
#[derive(Debug, Clone, Args)]
pub struct Triage {
    /// The project's gid or URL.
    #[arg(long, value_name = "GID")]
    pub project: String,
    /// Tasks, by gid or URL; every open task that lacks a label when none is named.
    #[arg(value_name = "TASK")]
    pub tasks: Vec<String>,
    /// Write what the plan says.
    #[arg(long)]
    pub apply: bool,
}

/// `upnext model …`.
#[derive(Debug, Subcommand)]
pub enum Model {
    /// Every version kept of a project, newest first, with its figures.
    List {
        /// The project's gid or URL.
        #[arg(long, value_name = "GID")]
        project: String,
    },
    /// One version: what it was learned from, what it reads, its figures; of a confidence model the reliability diagram.
    Show {
        /// The model: `model_…`.
        model: String,
    },
    /// Put an older version back in force.
    Use {
        /// The model: `model_…`.
        model: String,
    },
}
