-- What a sentence model made of tasks' texts, by a digest of model and text. All of it can be computed again.
CREATE TABLE vectors (
    project TEXT NOT NULL,
    text TEXT NOT NULL,
    vector BYTEA NOT NULL,
    PRIMARY KEY (project, text)
);
