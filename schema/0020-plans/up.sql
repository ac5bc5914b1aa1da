-- What statements look for, so that none of them reads through a table that grows.

-- Rows that point at what is deleted: a foreign key or a trigger looks for them.
CREATE INDEX role_assignment_by ON role_assignment (created_by) WHERE created_by IS NOT NULL;
CREATE INDEX role_created_by ON role (created_by) WHERE created_by IS NOT NULL;
CREATE INDEX role_modified_by ON role (modified_by) WHERE modified_by IS NOT NULL;
CREATE INDEX task_created_by ON task (created_by) WHERE created_by IS NOT NULL;
CREATE INDEX token_reaching ON token (reach_id) WHERE reach_id IS NOT NULL;
CREATE INDEX group_member_of_group ON group_member (group_id);
CREATE INDEX user_group_of_organization ON user_group (organization_id) WHERE organization_id IS NOT NULL;
CREATE INDEX collection_import_into ON collection_import (repository_id) WHERE repository_id IS NOT NULL;
CREATE INDEX repository_collection_of ON repository_collection (collection_id);

CREATE INDEX collection_import_named ON collection_import (namespace, name);
CREATE INDEX user_any_case ON user (lower(username));
CREATE INDEX user_superuser ON user (is_superuser) WHERE is_superuser = 1;
CREATE INDEX user_group_team ON user_group (ifnull(team, name));
CREATE INDEX repository_label_of ON repository_label (key, value);
