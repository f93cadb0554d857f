-- Whether an approval counts now. It no longer does once it was taken back, somebody denied, nobody decided in time, the
-- call was corrected, or others are asked. Rows from before count as far as the gate still asks the same people.
ALTER TABLE projection.gate_vote ADD COLUMN stands boolean NOT NULL DEFAULT false;

UPDATE projection.gate_vote v SET stands = true
  FROM projection.gate g
 WHERE g.tenant = v.tenant AND g.run = v.run AND g.gate = v.gate AND g.call_digest = v.call_digest
   AND v.verdict = 'APPROVE' AND (g.state = 'APPROVED' OR (g.state = 'OPEN' AND v.position > g.position))
   AND NOT EXISTS (
     SELECT FROM projection.gate_vote w
      WHERE w.tenant = v.tenant AND w.run = v.run AND w.gate = v.gate
        AND w.approver = v.approver AND w.verdict = 'WITHDRAW' AND w.position > v.position);
