-- By which rubric a project is judged while nobody accepted one, and what the configuration asked for then.
CREATE TABLE standing_rubrics (
    project TEXT PRIMARY KEY,
    body TEXT NOT NULL
);
