-- Where a person later set another value in place of an override, once an override. Times are epoch milliseconds.
CREATE TABLE override_reversals (
    digest TEXT PRIMARY KEY,
    recorded_at BIGINT NOT NULL,
    body TEXT NOT NULL
);
