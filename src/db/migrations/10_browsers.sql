-- By what a user tells their browser sessions apart: a name for each that signs nobody in, what the browser calls itself, and when it was last used.
ALTER TABLE sessions ADD COLUMN browser TEXT;
ALTER TABLE sessions ADD COLUMN agent TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN used_at REAL;
