-- A token endpoint may take a refresh token once only: of all workers one asks it at a time. The grant is the worker's
-- own choice. The one before counts too, for what comes late; a person's own credential ends both.
ALTER TABLE connector_instance
  ADD COLUMN refresh_grant text,
  ADD COLUMN refresh_before text,
  ADD COLUMN refresh_until timestamptz;
