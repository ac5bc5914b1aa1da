DROP TABLE ai_denied_namespace;
