-- The projects of portfolios that rules about phases name, as last read: rules are asked about without Asana too.
CREATE TABLE portfolios (
    portfolio TEXT PRIMARY KEY,
    projects TEXT,
    read_at BIGINT NOT NULL
);
