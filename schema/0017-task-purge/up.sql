-- Forgetting tasks that ended long ago.

CREATE INDEX task_ended ON task (state, finished_at) WHERE finished_at IS NOT NULL;
