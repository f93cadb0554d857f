-- The signer's memory: of each log the checkpoint that was signed last. A row only grows; whoever
-- can set one back and holds the key can sign a second history, which is what witnesses are for.
CREATE TABLE ledger_checkpoint (
  origin        text        PRIMARY KEY CHECK (length(origin) BETWEEN 1 AND 512),
  size          bigint      NOT NULL CHECK (size > 0),
  root          bytea       NOT NULL CHECK (length(root) = 32),
  note          bytea       NOT NULL,
  -- Roots of the complete subtrees of the tree, of the tree signed before, and of what lies between.
  tree          bytea       NOT NULL,
  previous_size bigint      NOT NULL,
  previous_tree bytea       NOT NULL,
  step          bytea       NOT NULL,
  version       bigint      NOT NULL,
  published     boolean     NOT NULL,
  cosigned_at   timestamptz,
  frozen        text
);

CREATE INDEX ledger_checkpoint_unpublished ON ledger_checkpoint (origin) WHERE NOT published;
CREATE INDEX ledger_checkpoint_cosigned ON ledger_checkpoint (cosigned_at NULLS FIRST);

-- Up to where the checkpoints topics are known to hold nothing that is not in the table above.
CREATE TABLE checkpoint_topic (
  topic       text   NOT NULL,
  part        int    NOT NULL,
  next_offset bigint NOT NULL,
  PRIMARY KEY (topic, part)
);

CREATE FUNCTION refuse_fork() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR NEW.origin <> OLD.origin OR NEW.size < OLD.size
     OR (NEW.size = OLD.size AND NEW.root <> OLD.root) THEN
    RAISE EXCEPTION 'a signed checkpoint is never taken back: %', OLD.origin
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER ledger_checkpoint_grows BEFORE UPDATE OR DELETE ON ledger_checkpoint
  FOR EACH ROW EXECUTE FUNCTION refuse_fork();
