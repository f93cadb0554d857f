"""Writes golden-leaves.txt: leaves computed from the definition with Python's json and hashlib, without our Java.

One line an event, fields separated by tabs: log, position, recorded_at, event_id, event_type, event (hex), schema, run, wf, leaf, leaf hash.
"-" = absent. Two logs, runs that interleave, one that ends by cancellation and has a late entry (which goes on in its numbers), one without a workflow.
"""

import hashlib
import json

ENDS = {"WORKFLOW_COMPLETED", "WORKFLOW_FAILED", "RUN_CANCELLED"}
CELL = "ledger.c1.airails.internal"


def sha(data):
    return hashlib.sha256(data).hexdigest()


def genesis(kind, *lines):
    return sha(("airails.dev/ledger/v1/" + kind + "\n" + "".join(line + "\n" for line in lines)).encode())


class Log:
    def __init__(self, tenant, workspace):
        self.name = f"{CELL}/t/{tenant}/w/{workspace}/e/1"
        self.size, self.prev, self.runs, self.workflows = 0, genesis("genesis", self.name), {}, {}

    def append(self, time, event_type, run=None, wf=None):
        self.size += 1
        event = f"{self.name} {self.size} {event_type}".encode() * (1 + self.size % 3)
        schema = sha(b"schema of " + event_type.encode())
        event_id = f"018f0000-0000-7000-8000-{self.size:012x}"
        leaf = {"type": "airails.dev/ledger-entry/v1", "log": self.name, "seq": self.size, "prev": self.prev, "time": time,
                "event_id": event_id, "event_type": event_type, "event_sha256": sha(event), "schema": schema}
        if run:
            leaf["run"] = run
            if event_type == "TRIGGER_RECEIVED":
                self.runs.setdefault(run, (0, genesis("run", self.name, run)))
            if run in self.runs:
                leaf["run_seq"], leaf["run_prev"] = self.runs[run]
                if event_type in ENDS:
                    leaf["run_count"] = leaf["run_seq"] + 1
        if wf:
            leaf["wf"] = wf
            leaf["wf_seq"], leaf["wf_prev"] = self.workflows.get(wf, (0, genesis("wf", self.name, wf)))
        data = json.dumps(leaf, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
        self.prev = sha(b"\0" + data)
        if run in self.runs:
            self.runs[run] = (leaf["run_seq"] + 1, self.prev)
        if wf:
            self.workflows[wf] = (leaf["wf_seq"] + 1, self.prev)
        print(self.name, self.size, time, event_id, event_type, event.hex(), schema, run or "-", wf or "-", data.decode(), self.prev, sep="\t")


tenant = Log("7f3a2c11-0000-4000-8000-000000000001", "_tenant")
tenant.append(1763750000000, "TENANT_CREATED")
tenant.append(1763750000250, "TENANT_PROVISIONED")
tenant.append(1763750000250, "WORKSPACE_CREATED")
log = Log("7f3a2c11-0000-4000-8000-000000000001", "w1")
log.append(1763750001000, "WORKFLOW_PUBLISHED", wf="refund")
log.append(1763750002000, "TRIGGER_RECEIVED", "run-a", "refund")
log.append(1763750002000, "STEP_SCHEDULED", "run-a", "refund")
log.append(1763750002001, "TRIGGER_RECEIVED", "run-b", "triage")
log.append(1763750002500, "STEP_COMPLETED", "run-a", "refund")
log.append(1763750002500, "STEP_SCHEDULED", "run-b", "triage")
log.append(1763750003000, "TRIGGER_RECEIVED", "run-c")
log.append(1763750003100, "RUN_CANCELLED", "run-b", "triage")
log.append(1763750003200, "TOOL_ACTION_EXECUTED", "run-b", "triage")
log.append(1763750003300, "WORKFLOW_COMPLETED", "run-a", "refund")
log.append(1763750003300, "WORKFLOW_FAILED", "run-c")
log.append(9007199254740991, "ACCESS_REFUSED")
