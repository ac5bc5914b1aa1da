DROP TABLE repository_collection;
DROP TABLE collection_version_document;
DROP TABLE collection_version;
DROP TABLE collection;
DROP TABLE artifact;
