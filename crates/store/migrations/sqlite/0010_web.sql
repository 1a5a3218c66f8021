-- Who may open the dashboard: the token that lets the first person in, the sessions of those who are in, and the views they keep.
CREATE TABLE web_tokens (
    name TEXT PRIMARY KEY,
    hash TEXT NOT NULL,
    made_at BIGINT NOT NULL
);

CREATE TABLE web_sessions (
    hash TEXT PRIMARY KEY,
    who TEXT NOT NULL,
    role TEXT NOT NULL,
    projects TEXT,
    made_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);

CREATE TABLE web_views (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    project TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    UNIQUE (project, name)
);

-- What was asked of Asana lately is summed by the time of its runs, while somebody waits.
CREATE INDEX runs_by_time ON runs (started_at);
