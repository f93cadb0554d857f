-- The newest entries of a stream, for views that are read straight from the ledger.
CREATE INDEX entry_stream ON projection.entry (tenant, stream_type, stream_id, position);
