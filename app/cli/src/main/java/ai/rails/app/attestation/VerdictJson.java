package ai.rails.app.attestation;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.attestation.verdict.Check;
import ai.rails.attestation.verdict.Claims;
import ai.rails.attestation.verdict.TcbStanding;
import ai.rails.attestation.verdict.TcbStatus;
import ai.rails.attestation.verdict.Verdict;

/// A verdict as JSON.
final class VerdictJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private VerdictJson() {}

  static ObjectNode of(Verdict verdict) {
    ObjectNode json = JSON.objectNode();
    switch (verdict) {
      case Verdict.Accepted accepted -> put(json, accepted);
      case Verdict.Rejected rejected -> put(json, rejected);
    }
    json.put("evidenceSha256", verdict.evidenceSha256().hex());
    verdict.checks().forEach(check -> json.withArray("checks").add(of(check)));
    return json;
  }

  private static void put(ObjectNode json, Verdict.Accepted accepted) {
    json.put("verdict", "ACCEPT");
    json.put("tee", accepted.tee().label());
    json.put("trustDomain", accepted.domain().name());
    json.put("rootSha256", accepted.rootSha256().hex());
    accepted.tcb().ifPresent(tcb -> put(json, tcb));
    json.put("collateralValidFrom", accepted.validity().from().toString());
    json.put("collateralValidTo", accepted.validity().to().toString());
    json.put("collateralSha256", accepted.collateralSha256().hex());
    put(json, "fields", accepted.claims());
  }

  private static void put(ObjectNode json, Verdict.Rejected rejected) {
    json.put("verdict", "REJECT");
    json.put("tee", rejected.tee().label());
    json.put("reason", rejected.reason().name());
    json.put("component", rejected.component().label());
    json.put("detail", rejected.detail());
    rejected.unproven().ifPresent(claims -> put(json, "unprovenFields", claims));
  }

  private static void put(ObjectNode json, String name, Claims claims) {
    json.set(name, ClaimsJson.of(claims));
    if (claims instanceof Claims.Snp snp) {
      snp.endorsement().ifPresent(key -> json.set("ekExtensions", ClaimsJson.of(key)));
    }
  }

  private static void put(ObjectNode json, TcbStanding tcb) {
    json.put("tcbStatus", tcb.status().label());
    tcb.advisories().forEach(json.withArray("advisoryIds")::add);
    ObjectNode detail = json.putObject("detail");
    detail.put("platform", tcb.platform().label());
    tcb.module()
        .map(TcbStatus::label)
        .ifPresentOrElse(module -> detail.put("module", module), () -> detail.putNull("module"));
    detail.put("qe", tcb.quotingEnclave().label());
    tcb.current().ifPresent(current -> detail.put("current", current.label()));
    detail.put("tcbDate", tcb.tcbDate().toString());
    json.put("tcbEvaluationDataNumber", tcb.evaluationDataNumber());
  }

  private static ObjectNode of(Check check) {
    ObjectNode json = JSON.objectNode();
    json.put("component", check.component().label());
    json.put("check", check.what());
    json.put("outcome", check.outcome().name());
    if (!check.detail().isEmpty()) {
      json.put("detail", check.detail());
    }
    return json;
  }
}
