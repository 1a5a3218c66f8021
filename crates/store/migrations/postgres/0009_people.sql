-- What people decide: approvals, phases, notes on overrides, verdicts of backtests, and where a pruned audit chain begins.
-- Times are epoch milliseconds.
CREATE TABLE approvals (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    project TEXT NOT NULL,
    task TEXT NOT NULL,
    what TEXT NOT NULL,
    state TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    settled_at BIGINT,
    body TEXT NOT NULL
);
CREATE UNIQUE INDEX approvals_pending ON approvals (project, task, what) WHERE state = 'pending';
CREATE INDEX approvals_by_place ON approvals (project, task, what, seq);
CREATE INDEX approvals_by_state ON approvals (state, seq);

CREATE TABLE phases (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project TEXT NOT NULL,
    decided_at BIGINT NOT NULL,
    taken_back_at BIGINT,
    body TEXT NOT NULL
);
CREATE INDEX phases_by_project ON phases (project, seq);

CREATE TABLE override_notes (
    digest TEXT PRIMARY KEY,
    noted_at BIGINT NOT NULL,
    body TEXT NOT NULL
);

CREATE TABLE backtests (
    project TEXT PRIMARY KEY,
    made_at BIGINT NOT NULL,
    body TEXT NOT NULL
);

CREATE TABLE audit_checkpoints (
    seq BIGINT PRIMARY KEY,
    hash TEXT NOT NULL,
    signed_at BIGINT NOT NULL,
    signed_by TEXT NOT NULL
);
