DROP INDEX task_of_parent;
ALTER TABLE task DROP COLUMN parent_id;
DROP TABLE task_progress;
DROP TABLE task_result;
DROP TABLE task_lock;
