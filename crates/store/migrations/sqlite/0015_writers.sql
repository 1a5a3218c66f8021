-- The projects that Upnext has written to, and what it writes there, so that of the projects that share a task one writes it.
CREATE TABLE writers (
    project TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    written_at BIGINT NOT NULL
);
