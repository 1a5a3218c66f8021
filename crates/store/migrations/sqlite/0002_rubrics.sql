-- Rubrics that were proposed for a project, and what became of them; at most one of a project is accepted.
CREATE TABLE rubrics (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    project TEXT NOT NULL,
    version TEXT NOT NULL,
    body TEXT NOT NULL,
    origin TEXT NOT NULL,
    proposed_at BIGINT NOT NULL,
    evidence TEXT NOT NULL,
    state TEXT NOT NULL,
    decided_by TEXT,
    decided_at BIGINT,
    UNIQUE (project, version)
);
CREATE UNIQUE INDEX one_accepted_rubric ON rubrics (project) WHERE state = 'accepted';

-- "Which of these two first?", with the strengths as they were when somebody answered.
CREATE TABLE answers (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    project TEXT NOT NULL,
    task_a TEXT NOT NULL,
    task_b TEXT NOT NULL,
    answered_at BIGINT NOT NULL,
    spent TEXT,
    body TEXT NOT NULL
);
CREATE INDEX answers_by_project ON answers (project, seq);

-- Orders that a new rubric must not fall out with. Their snapshots are never dropped.
CREATE TABLE golden_sets (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    project TEXT NOT NULL,
    snapshot TEXT NOT NULL,
    frozen_at BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX golden_sets_by_project ON golden_sets (project, seq);
CREATE INDEX golden_sets_by_snapshot ON golden_sets (snapshot);
