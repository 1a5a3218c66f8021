-- Learned models, one in force of each kind and project; what they found about tasks, by content; and the confidence that
-- was stated with each score, before any measuring.
CREATE TABLE models (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    project TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    fitted_at BIGINT NOT NULL,
    data_from BIGINT NOT NULL,
    data_to BIGINT NOT NULL,
    learned_from BIGINT NOT NULL,
    report TEXT NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX models_by_project ON models (project, kind, seq);
CREATE UNIQUE INDEX models_in_force ON models (project, kind) WHERE state = 'in_force';

CREATE TABLE findings (
    project TEXT NOT NULL,
    task TEXT NOT NULL,
    digest TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (project, task)
);

ALTER TABLE scores ADD COLUMN stated BIGINT;
