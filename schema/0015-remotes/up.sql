-- Two of the repositories that every installation has are mirrors, each of the remote of its name.
UPDATE repository SET remote_id = (SELECT id FROM remote WHERE remote.name = repository.name)
 WHERE name IN ('community', 'rh-certified') AND remote_id IS NULL;
