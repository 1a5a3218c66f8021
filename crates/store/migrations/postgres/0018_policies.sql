-- Every policy that was in force, as it was configured, from when on; and the trail found by its time, for digests of a period.
CREATE TABLE policies (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest TEXT NOT NULL,
    began_at BIGINT NOT NULL,
    noticed_by TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX audit_by_time ON audit (at);
