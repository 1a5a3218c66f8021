-- What Upnext remembers. Times are epoch milliseconds, structured values are JSON text, `seq` is the order of arrival.
CREATE TABLE runs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    project TEXT NOT NULL,
    project_name TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    ending TEXT,
    plan TEXT,
    reads BIGINT NOT NULL,
    writes BIGINT NOT NULL,
    applied BIGINT NOT NULL
);
CREATE INDEX runs_by_project ON runs (project, seq);

CREATE TABLE snapshots (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    digest TEXT NOT NULL UNIQUE,
    project TEXT NOT NULL,
    taken_at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX snapshots_by_project ON snapshots (project, seq);

CREATE TABLE plans (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL REFERENCES runs (id),
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    project TEXT NOT NULL,
    snapshot TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    actions BIGINT NOT NULL,
    body BLOB NOT NULL,
    rules TEXT NOT NULL,
    UNIQUE (run, id)
);
CREATE INDEX plans_by_id ON plans (id, seq);
CREATE INDEX plans_by_project ON plans (project, seq);

CREATE TABLE judgements (
    task TEXT PRIMARY KEY,
    run TEXT NOT NULL REFERENCES runs (id),
    at BIGINT NOT NULL,
    body TEXT NOT NULL
);

CREATE TABLE scores (
    run_seq BIGINT NOT NULL,
    task TEXT NOT NULL,
    project TEXT NOT NULL,
    at BIGINT NOT NULL,
    tenths BIGINT NOT NULL,
    band TEXT NOT NULL,
    PRIMARY KEY (run_seq, task)
);
CREATE INDEX scores_by_task ON scores (task, run_seq);
CREATE INDEX scores_by_project ON scores (project, run_seq);

CREATE TABLE comments (
    project TEXT NOT NULL,
    task TEXT NOT NULL,
    modified_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (project, task)
);

CREATE TABLE attempts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL REFERENCES runs (id),
    plan TEXT NOT NULL,
    project TEXT NOT NULL,
    action TEXT NOT NULL,
    number BIGINT NOT NULL,
    body TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    ending TEXT,
    state BIGINT NOT NULL,
    UNIQUE (plan, action, number)
);
CREATE INDEX attempts_by_run ON attempts (run, seq);
CREATE INDEX attempts_open ON attempts (project, seq) WHERE ended_at IS NULL;

CREATE TABLE ledger (
    project TEXT NOT NULL,
    task TEXT NOT NULL,
    slot TEXT NOT NULL,
    value TEXT NOT NULL,
    written_at BIGINT NOT NULL,
    PRIMARY KEY (project, task, slot)
);
CREATE INDEX ledger_by_task ON ledger (task);

CREATE TABLE pending (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    project TEXT NOT NULL,
    task TEXT NOT NULL,
    slot TEXT NOT NULL,
    plan TEXT NOT NULL,
    action TEXT NOT NULL,
    run TEXT NOT NULL,
    process TEXT NOT NULL,
    value TEXT NOT NULL,
    at BIGINT NOT NULL,
    known BIGINT NOT NULL,
    UNIQUE (plan, action, task, slot)
);
CREATE INDEX pending_by_project ON pending (project);
CREATE INDEX pending_by_task ON pending (task);

CREATE TABLE anchors (
    project TEXT PRIMARY KEY,
    body TEXT NOT NULL
);

CREATE TABLE overrides (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    digest TEXT NOT NULL UNIQUE,
    run TEXT NOT NULL REFERENCES runs (id),
    project TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX overrides_by_project ON overrides (project, seq);

CREATE TABLE audit (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE TABLE audit_head (
    id BIGINT PRIMARY KEY,
    entries BIGINT NOT NULL,
    head TEXT NOT NULL
);
INSERT INTO audit_head (id, entries, head)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
