-- A log of a tenant that has left takes no more entries. The row that says so is the one that each append updates, so
-- an append that waited for it sees it: what was read of the tenant before the wait does not count.
ALTER TABLE workspace_head ADD COLUMN closed boolean NOT NULL DEFAULT false;

-- Who somebody is at Slack goes with the person and the tenant, from proposals too.
GRANT DELETE ON identity_link_proposal TO airails_app;

SELECT tenancy.let('sweep', 'airails_app', 'SELECT', 'reveal'), tenancy.let('sweep', 'airails_app', 'DELETE', 'reveal');
