DROP TRIGGER tags_of_a_version;
DROP TABLE collection_version_tag;
