DELETE FROM content WHERE kind = 'namespace';
DROP TABLE avatar;
DROP TABLE namespace_metadata;
