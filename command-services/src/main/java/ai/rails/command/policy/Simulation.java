package ai.rails.command.policy;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.command.policy.PastDecisions.Past;
import ai.rails.command.policy.SimulationReport.Finding;
import ai.rails.domain.policy.Decision;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Unavailable;
import ai.rails.platform.json.CanonicalJson;
import ai.rails.platform.json.StrictJson;
import ai.rails.platform.opa.Bundles;
import ai.rails.platform.opa.ReplayOpa;
import ai.rails.platform.opa.ReplayOpa.Said;

import static java.nio.charset.StandardCharsets.UTF_8;

/// Replays a tenant's recorded decisions through a real OPA, twice: with the very content that
/// decided then, which must say the same again, and with a candidate in its place.
final class Simulation {
  /// Most decisions that are replayed at once.
  static final int MAX_DECISIONS = 200_000;

  private static final String GUARDED = "/guarded";
  private static final String CONTENT = ".sha256.";
  private static final long NANOS = 1_000_000_000;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path opa;
  private final BundleStore store;
  private final PastDecisions past;
  private final InstantSource clock;

  /// @param opa OPA's binary
  Simulation(Path opa, BundleStore store, PastDecisions past, InstantSource clock) {
    this.opa = opa;
    this.store = store;
    this.past = past;
    this.clock = clock;
  }

  /// What one decision was, is again, and would be.
  record Replayed(Past past, JsonNode input, Optional<Said> again, Optional<Said> candidate) {
    boolean reproduced() {
      Decision then = past.decision();
      return again.filter(said -> said.same(then.effect().name(), then.reasons())).isPresent();
    }
  }

  /// The content that a decision came from.
  private record Origin(String platform, String tenant) {}

  /// @throws Problem with 422 if the candidate is not acceptable, or there is too much to replay
  SimulationReport run(String tenant, Candidate candidate, Instant since) {
    long start = System.nanoTime();
    PastDecisions.Found found = past.of(tenant, since);
    if (found.decisions().size() > MAX_DECISIONS) {
      throw Problem.invalid(
          "%s decisions are more than the %s that are replayed at once; choose a later time"
              .formatted(found.decisions().size(), MAX_DECISIONS));
    }
    Map<String, Map<String, List<Past>>> byPlatform = new LinkedHashMap<>();
    int unanswered = 0;
    for (Past each : found.decisions()) {
      if (each.decision().unavailable().isPresent()) {
        unanswered++;
      } else {
        Origin origin = origin(tenant, each);
        byPlatform
            .computeIfAbsent(origin.platform(), _ -> new LinkedHashMap<>())
            .computeIfAbsent(origin.tenant(), _ -> new ArrayList<>())
            .add(each);
      }
    }
    List<Replayed> replayed = new ArrayList<>();
    for (Map.Entry<String, Map<String, List<Past>>> platform : byPlatform.entrySet()) {
      SortedMap<String, byte[]> rego = content(Bundles.PLATFORM, platform.getKey());
      try (ReplayOpa before = ReplayOpa.start(opa, rego, token());
          ReplayOpa after = ReplayOpa.start(opa, platform(candidate, rego), token())) {
        for (Map.Entry<String, List<Past>> origin : platform.getValue().entrySet()) {
          byte[] data = content(Bundles.ofTenant(tenant), origin.getKey()).firstEntry().getValue();
          before.tenant(tenant, data);
          after.tenant(tenant, data(candidate, data));
          origin.getValue().forEach(each -> replayed.add(replay(each, before, after)));
        }
      }
    }
    if (byPlatform.isEmpty() && candidate instanceof Candidate.Platform(var files)) {
      ReplayOpa.start(opa, files, token()).close(); // so that what is not acceptable is refused
    }
    SimulationReport report =
        SimulationReport.of(
            tenant,
            candidate,
            since,
            found.logs(),
            replayed,
            unanswered,
            approvers(tenant, candidate),
            inEffect(tenant, candidate),
            System.nanoTime() - start);
    return switch (candidate) {
      case Candidate.Platform _ -> report;
      case Candidate.Tenant(_, byte[] data) -> report.linted(lint(tenant, data));
    };
  }

  /// What the platform's own lint says of a tenant's data.
  private List<Finding> lint(String tenant, byte[] data) {
    Map<String, Object> input =
        Map.of(
            "tenant", Map.of("id", tenant),
            "clock", Map.of("now_ns", Math.multiplyExact(clock.instant().getEpochSecond(), NANOS)));
    try (ReplayOpa linting = ReplayOpa.start(opa, PlatformPolicy.files(), token())) {
      linting.tenant(tenant, data);
      JsonNode findings =
          linting
              .value("airails/policy_lint/findings", CanonicalJson.text(input))
              .orElseThrow(
                  () -> new Unavailable("the lint of policies does not answer; try again"));
      return findings
          .valueStream()
          .map(each ->
              new Finding(
                  each.path("severity").asText(),
                  each.path("code").asText(),
                  each.path("at").asText()))
          .toList();
    }
  }

  private static Replayed replay(Past past, ReplayOpa before, ReplayOpa after) {
    Decision then = past.decision();
    String entryPoint = pure(then.entryPoint());
    return new Replayed(
        past,
        input(then),
        before.ask(entryPoint, then.input()),
        after.ask(entryPoint, then.input()));
  }

  /// The decision without its binding to clocks and bundles.
  static String pure(String entryPoint) {
    return entryPoint.endsWith(GUARDED)
        ? entryPoint.substring(0, entryPoint.length() - GUARDED.length()) + "/decision"
        : entryPoint;
  }

  static JsonNode input(Decision decision) {
    try {
      return StrictJson.read(decision.input().getBytes(UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException(
          "the input of decision %s is no JSON".formatted(decision.decisionId()), e);
    }
  }

  private static Origin origin(String tenant, Past past) {
    return new Origin(
        digest(past.decision(), Bundles.PLATFORM),
        digest(past.decision(), Bundles.ofTenant(tenant)));
  }

  /// The beginning of the digest of a bundle's content that a decision came from.
  static String digest(Decision decision, String bundle) {
    String revision = decision.revisions().get(bundle);
    int at = revision == null ? -1 : revision.indexOf(CONTENT);
    if (revision == null || at < 0) {
      throw new IllegalStateException(
          "decision %s names no content".formatted(decision.decisionId()));
    }
    return revision.substring(at + CONTENT.length());
  }

  private SortedMap<String, byte[]> content(String bundle, String digest) {
    return store
        .kept(bundle, digest)
        .orElseThrow(() ->
            new Problem(
                409,
                "CONTENT_NOT_KEPT",
                "content %s of bundle %s was in effect before contents were kept; choose a later time"
                    .formatted(digest, bundle)));
  }

  private static SortedMap<String, byte[]> platform(
      Candidate candidate, SortedMap<String, byte[]> then) {
    return switch (candidate) {
      case Candidate.Platform(var files) -> files;
      case Candidate.Tenant _ -> then;
    };
  }

  private static byte[] data(Candidate candidate, byte[] then) {
    return switch (candidate) {
      case Candidate.Platform _ -> then;
      case Candidate.Tenant(_, byte[] data) -> data;
    };
  }

  private PolicyVersion inEffect(String tenant, Candidate candidate) {
    return switch (candidate) {
      case Candidate.Platform _ -> PolicyVersion.parse(BundleSettings.POLICY_VERSION);
      case Candidate.Tenant _ ->
          store.tenants().stream()
              .filter(each -> each.tenant().equals(tenant))
              .findFirst()
              .map(each -> PolicyVersion.parse(each.version()))
              .orElse(PolicyVersion.FIRST);
    };
  }

  /// How many people of the tenant may approve.
  private long approvers(String tenant, Candidate candidate) {
    byte[] now =
        store.tenants().stream()
            .filter(each -> each.tenant().equals(tenant))
            .findFirst()
            .map(BundleStore.TenantData::json)
            .orElse("{}".getBytes(UTF_8));
    try {
      JsonNode data = StrictJson.read(data(candidate, now));
      Map<String, Boolean> auditors = new HashMap<>();
      data.path("auditors").forEach(each -> auditors.put(each.asText(), true));
      return data.path("principals")
          .propertyStream()
          .filter(person -> !auditors.containsKey(person.getKey()))
          .filter(person ->
              person
                  .getValue()
                  .path("roles")
                  .valueStream()
                  .anyMatch(role -> role.asText().equals("approver")))
          .count();
    } catch (IOException e) {
      throw new IllegalStateException("policy data is no JSON", e);
    }
  }

  static String token() {
    byte[] bytes = new byte[24];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /// Files by path, for a candidate of the platform's bundle.
  static Candidate.Platform platform(Map<String, String> files) {
    SortedMap<String, byte[]> bytes = new TreeMap<>();
    files.forEach((path, text) -> bytes.put(path, text.getBytes(UTF_8)));
    return new Candidate.Platform(bytes);
  }
}
