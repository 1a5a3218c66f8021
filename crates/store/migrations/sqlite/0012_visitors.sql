-- Who signed in to the dashboard with Asana, by the gid there; nobody for the admin token.
ALTER TABLE web_sessions ADD COLUMN person TEXT;
