-- Text read from attachments, and which tasks' attachments were looked at. All of it can be read again from Asana.
CREATE TABLE attachments (
    project TEXT NOT NULL,
    task TEXT NOT NULL,
    attachment TEXT NOT NULL,
    name TEXT NOT NULL,
    digest TEXT,
    problem TEXT,
    passages TEXT NOT NULL,
    PRIMARY KEY (project, task, attachment)
);
CREATE TABLE attachments_seen (
    project TEXT NOT NULL,
    task TEXT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (project, task)
);
-- Comments that were read without looking at who changed which field: good for finding, not for a groom.
CREATE TABLE comments_found (
    project TEXT NOT NULL,
    task TEXT NOT NULL,
    modified_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (project, task)
);
