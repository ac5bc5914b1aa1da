DROP INDEX task_ended;
