-- What a project was seen to be when nothing in it called for work: where the next look begins, if that is later than the last plan.
CREATE TABLE known (
    project TEXT PRIMARY KEY,
    taken_at BIGINT NOT NULL,
    body BLOB NOT NULL
);
