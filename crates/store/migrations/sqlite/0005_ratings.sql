-- What a language model answered about tasks, by the digest of all that was asked; what every question used; whether a model
-- and prompt agree with the golden set; what servers hold models to; and, while a debug window is open, the questions and
-- answers themselves.
CREATE TABLE model_answers (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    project TEXT NOT NULL,
    task TEXT NOT NULL,
    question TEXT NOT NULL,
    sample BIGINT NOT NULL,
    answered_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (project, task, question, sample)
);

CREATE TABLE model_usage (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at BIGINT NOT NULL,
    day TEXT NOT NULL,
    run TEXT NOT NULL,
    project TEXT NOT NULL,
    task TEXT NOT NULL,
    purpose TEXT NOT NULL,
    model TEXT NOT NULL,
    requests BIGINT NOT NULL,
    input BIGINT NOT NULL,
    cached_input BIGINT NOT NULL,
    output BIGINT NOT NULL,
    held BIGINT NOT NULL,
    cost BIGINT NOT NULL,
    held_cost BIGINT NOT NULL,
    has_cost BIGINT NOT NULL,
    ending TEXT
);
CREATE INDEX model_usage_by_day ON model_usage (day);
CREATE INDEX model_usage_by_run ON model_usage (run);

CREATE TABLE model_gates (
    project TEXT NOT NULL,
    model TEXT NOT NULL,
    prompt TEXT NOT NULL,
    golden BIGINT NOT NULL,
    tried_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (project, model, prompt, golden)
);

CREATE TABLE model_texts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at BIGINT NOT NULL,
    project TEXT NOT NULL,
    task TEXT NOT NULL,
    model TEXT NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL
);

CREATE TABLE model_servers (
    server TEXT NOT NULL,
    model TEXT NOT NULL,
    found_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (server, model)
);

CREATE TABLE model_batches (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    project TEXT NOT NULL,
    submitted_at BIGINT NOT NULL,
    held BIGINT NOT NULL,
    held_cost BIGINT NOT NULL,
    body TEXT NOT NULL
);
