ALTER TABLE collection_version_document ADD COLUMN docs_blob TEXT NOT NULL
    DEFAULT '{"collection_readme":{"name":null,"html":null},"documentation_files":[],"contents":[]}';
DROP TABLE doc_fragment;
DROP TABLE collection_version_docs;
