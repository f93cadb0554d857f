-- A token endpoint may take a refresh token once only: of all workers one asks it at a time. The grant is the worker's
-- own choice and is gone once what it was given is stored, or a person has stored another credential.
ALTER TABLE connector_instance ADD COLUMN refresh_grant text, ADD COLUMN refresh_until timestamptz;
