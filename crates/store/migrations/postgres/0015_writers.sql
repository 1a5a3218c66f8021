-- What Upnext writes in a project, so that of the projects that share a task one writes it. None for what was known before: the next run
-- notes it.
ALTER TABLE known ADD COLUMN name TEXT;
ALTER TABLE known ADD COLUMN writing TEXT;
