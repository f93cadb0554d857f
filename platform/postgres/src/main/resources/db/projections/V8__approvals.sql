-- Who is asked now and next, and with what an approval is given.
ALTER TABLE projection.gate
  ADD COLUMN signature boolean NOT NULL DEFAULT false,
  ADD COLUMN level int NOT NULL DEFAULT 0,
  ADD COLUMN escalations text NOT NULL DEFAULT '[]';
ALTER TABLE projection.gate_vote
  ADD COLUMN on_behalf_of text,
  ADD COLUMN signed boolean NOT NULL DEFAULT false;
