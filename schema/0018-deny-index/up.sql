-- Namespaces whose owners do not want what is in them to be learned from by machines (contract 04 §4.5).

CREATE TABLE ai_denied_namespace (
    namespace_id INTEGER PRIMARY KEY REFERENCES namespace (id) ON DELETE CASCADE
) STRICT;
