-- The event of a link names the identity by a hash under this salt: whoever deletes the link deletes
-- what could connect the event with the identity.
ALTER TABLE identity_link ADD COLUMN salt bytea;
