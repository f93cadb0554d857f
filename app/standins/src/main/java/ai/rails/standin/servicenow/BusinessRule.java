package ai.rails.standin.servicenow;

import java.time.InstantSource;
import java.util.Map;

import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Callback;
import ai.rails.standin.HmacSha256;
import ai.rails.standin.Ids;
import ai.rails.standin.Json;

/// The after-insert rule that a customer installs: it sends ids only, signed over the time and the
/// raw body.
record BusinessRule(String secret, InstantSource clock, Ids ids) {
  Callback callback(Row incident, String operation) {
    ObjectNode body =
        Json.object()
            .put("event_id", ids.uuid())
            .put("table", "incident")
            .put("sys_id", incident.sysId())
            .put("number", incident.get("number"))
            .put("operation", operation)
            .put("sys_mod_count", Integer.parseInt(incident.get("sys_mod_count")))
            .put("sys_updated_on", incident.get("sys_updated_on"));
    String timestamp = Long.toString(clock.instant().getEpochSecond());
    return new Callback(
        Map.of(
            "Content-Type",
            "application/json",
            "User-Agent",
            "ServiceNow/1.0",
            "X-AIRails-Timestamp",
            timestamp,
            "X-AIRails-Signature",
            "v1=" + HmacSha256.hex(secret, timestamp + "." + body)),
        body.toString());
  }
}
