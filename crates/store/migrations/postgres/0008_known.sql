-- What a project is known to be, with everything in it dealt with or owed: the run that judged it and was to write, and what was
-- seen of it since where nothing called for work. The next look begins there.
CREATE TABLE known (
    project TEXT PRIMARY KEY,
    run TEXT NOT NULL,
    taken_at BIGINT NOT NULL,
    body BYTEA
);
