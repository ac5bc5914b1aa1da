DROP TABLE import_message;
DROP TABLE collection_import;
DROP TABLE task;
