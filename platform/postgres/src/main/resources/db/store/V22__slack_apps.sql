-- Tokens with which the control plane itself speaks to Slack: for modals and for the socket.
ALTER TABLE connector_instance ADD COLUMN app_tokens_wrapped bytea;

SELECT tenancy.let('sockets', 'airails_app', 'SELECT', 'connector_instance');
