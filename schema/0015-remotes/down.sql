-- Which of them had no remote before is not known, and a remote does no harm to older programs.
SELECT 1;
