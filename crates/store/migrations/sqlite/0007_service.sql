-- What an always-on service keeps: which projects are connected and how changes are heard of, what was heard, the work to be done
-- with every attempt at it, what starts by the clock, and how Asana's budget is divided among the processes.
CREATE TABLE connections (
    project TEXT PRIMARY KEY,
    workspace TEXT NOT NULL,
    name TEXT NOT NULL,
    connected_at BIGINT NOT NULL,
    channel TEXT NOT NULL,
    sync TEXT,
    read_to BIGINT,
    heard_at BIGINT,
    trouble TEXT
);

CREATE TABLE webhooks (
    path TEXT PRIMARY KEY,
    project TEXT NOT NULL,
    target TEXT NOT NULL,
    webhook TEXT,
    secret BLOB,
    pending_until BIGINT,
    heard_at BIGINT
);
CREATE INDEX webhooks_by_project ON webhooks (project);

CREATE TABLE deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    project TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    body BLOB NOT NULL
);

CREATE TABLE changes (
    project TEXT NOT NULL,
    task TEXT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    events BIGINT NOT NULL,
    PRIMARY KEY (project, task)
);

CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    lane TEXT NOT NULL,
    payload TEXT NOT NULL,
    priority BIGINT NOT NULL,
    state TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    lease BIGINT NOT NULL,
    leased_until BIGINT,
    worker TEXT,
    error TEXT
);
-- One waiting job a key; one running job a lane.
CREATE UNIQUE INDEX jobs_waiting_once ON jobs (key) WHERE state = 'ready';
CREATE UNIQUE INDEX jobs_running_once ON jobs (lane) WHERE state = 'leased';
CREATE INDEX jobs_due ON jobs (state, priority, run_at);

CREATE TABLE job_attempts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    job BIGINT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    lease BIGINT NOT NULL,
    worker TEXT NOT NULL,
    began_at BIGINT NOT NULL,
    ended_at BIGINT,
    ending TEXT,
    error TEXT
);
CREATE INDEX job_attempts_by_job ON job_attempts (job);
CREATE INDEX job_attempts_by_time ON job_attempts (began_at);

CREATE TABLE schedules (
    project TEXT NOT NULL,
    workflow TEXT NOT NULL,
    rule TEXT NOT NULL,
    next_at BIGINT NOT NULL,
    PRIMARY KEY (project, workflow)
);

CREATE TABLE sign_ins (
    name TEXT PRIMARY KEY,
    sealed BLOB NOT NULL,
    saved_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);

CREATE TABLE shares (
    token TEXT NOT NULL,
    process TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    parts BIGINT NOT NULL,
    PRIMARY KEY (token, process)
);

-- How often a task was written today is asked for with every change.
CREATE INDEX attempts_by_project_time ON attempts (project, started_at);

-- Plans of recalculations may be many: those over the whole project are looked up beside them.
CREATE INDEX plans_whole ON plans (project, seq) WHERE kind <> 'recalculate';
