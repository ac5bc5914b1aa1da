DROP TABLE distribution;
DROP TABLE repository_content;
DROP TABLE content;
DROP TABLE repository_version;
DROP TABLE repository_label;
DROP TABLE repository;
