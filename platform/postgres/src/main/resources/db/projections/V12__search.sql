-- What people look for runs by, and what the home page counts.

CREATE INDEX run_external ON projection.run (tenant, external_id);
CREATE INDEX run_ended ON projection.run (tenant, ended_at);
CREATE INDEX run_open ON projection.run (tenant, started_at) WHERE ended_at IS NULL;
CREATE INDEX entry_actor ON projection.entry (tenant, actor_id, run);
CREATE INDEX gate_vote_approver ON projection.gate_vote (tenant, approver);
CREATE INDEX call_reference ON projection.call (tenant, vendor_ref);

-- A leaf's hash (RFC 6962) as people write it, so that its beginning is enough to find it.
CREATE INDEX entry_leaf_hash ON projection.entry
  (tenant, (encode(sha256('\x00'::bytea || leaf), 'hex') COLLATE "C"));
