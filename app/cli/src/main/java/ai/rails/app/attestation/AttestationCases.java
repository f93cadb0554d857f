package ai.rails.app.attestation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.attestation.Evidence;
import ai.rails.attestation.TrustRoots;
import ai.rails.attestation.Verifier;
import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.verdict.Reason;
import ai.rails.attestation.verdict.Tee;
import ai.rails.attestation.verdict.Verdict;

/// Runs the verifier over a `cases.json`: each case names evidence, collateral, root and time, and
/// what must come out, down to the reason, the advisories and every field.
public final class AttestationCases {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SIGNATURES_OK = "SIGNATURES_OK";

  private final Path directory;

  private AttestationCases(Path directory) {
    this.directory = directory;
  }

  /// All cases in their order.
  public static List<CaseResult> run(Path directory) throws IOException {
    var cases = new AttestationCases(directory);
    List<CaseResult> results = new ArrayList<>();
    for (JsonNode each : JSON.readTree(Files.readAllBytes(directory.resolve("cases.json")))) {
      results.add(cases.result(each));
    }
    return List.copyOf(results);
  }

  /// What the first case of a kind that must be accepted gives to the verifier.
  ///
  /// @throws IOException when there is no such case, or one of its files is missing
  public static Inputs accepted(Path directory, Tee tee) throws IOException {
    var cases = new AttestationCases(directory);
    for (JsonNode each : JSON.readTree(Files.readAllBytes(directory.resolve("cases.json")))) {
      if (each.path("tee").asText().equals(tee.label())
          && each.path("expect").asText().equals("ACCEPT")) {
        try {
          return cases.inputs(each);
        } catch (Malformed e) {
          throw new IOException("a case can not be read: " + each.path("id").asText(), e);
        }
      }
    }
    throw new IOException("no case of %s that must be accepted".formatted(tee.label()));
  }

  /// The arguments of one verification.
  public record Inputs(Evidence evidence, Collateral collateral, TrustRoots roots, Instant at) {
    public Verdict verdict() {
      return Verifier.verify(evidence, collateral, roots, at);
    }
  }

  private CaseResult result(JsonNode given) throws IOException {
    String name = given.path("id").asText();
    String expect = given.path("expect").asText();
    try {
      return expect.equals(SIGNATURES_OK)
          ? signatures(name, given)
          : result(name, expect, given, inputs(given).verdict());
    } catch (Malformed e) {
      String problem = "the case can not be read: " + e.getMessage();
      return new CaseResult(name, expect, "UNREADABLE", "", List.of(problem));
    }
  }

  private Inputs inputs(JsonNode given) throws IOException, Malformed {
    Instant at = Instant.parse(given.path("verifyAt").asText());
    return new Inputs(evidence(given), collateral(given), roots(given), at);
  }

  private CaseResult signatures(String name, JsonNode given) throws IOException, Malformed {
    Optional<Verdict.Rejected> refusal = Verifier.signatures(evidence(given), roots(given));
    return refusal
        .map(each ->
            new CaseResult(
                name, SIGNATURES_OK, "REJECT", each.reason().name(), List.of(each.detail())))
        .orElseGet(() -> new CaseResult(name, SIGNATURES_OK, SIGNATURES_OK, "", List.of()));
  }

  private Evidence evidence(JsonNode given) throws IOException {
    boolean tdx = given.path("tee").asText().equals("TDX");
    byte[] content = file(given.path(tdx ? "quote" : "report")).toArray();
    return tdx ? Evidence.tdx(content) : Evidence.snp(content);
  }

  private Collateral collateral(JsonNode given) throws IOException, Malformed {
    return given.hasNonNull("collateral")
        ? CollateralFiles.intel(directory.resolve(given.path("collateral").asText()))
        : new Collateral.Snp(
            certificate(given.path("endorsementKey")),
            certificate(given.path("ask")),
            Optional.empty());
  }

  private TrustRoots roots(JsonNode given) throws IOException, Malformed {
    return TrustRoots.of(List.of(certificate(given.path("trustRoot"))));
  }

  private Bytes certificate(JsonNode path) throws IOException, Malformed {
    return CollateralFiles.certificates(file(path)).getFirst();
  }

  private Bytes file(JsonNode path) throws IOException {
    return CollateralFiles.bytes(directory.resolve(path.asText()));
  }

  private static CaseResult result(String name, String expect, JsonNode given, Verdict verdict) {
    ObjectNode actual = VerdictJson.of(verdict);
    String word = actual.path("verdict").asText();
    String reason =
        switch (verdict) {
          case Verdict.Rejected(var _, Reason why, var _, var _, var _, var _, var _) -> why.name();
          case Verdict.Accepted _ -> "";
        };
    List<String> wrong = new ArrayList<>();
    differ("expect", given.path("expect"), actual.path("verdict"), wrong);
    boolean accepted = verdict instanceof Verdict.Accepted;
    if (given.has("reason")) {
      differ("reason", given.path("reason"), actual.path("reason"), wrong);
    }
    if (accepted) {
      compare(given, actual, wrong);
    }
    return new CaseResult(name, expect, word, reason, wrong);
  }

  private static void compare(JsonNode given, ObjectNode actual, List<String> wrong) {
    for (String each : List.of("tcbStatus", "collateralValidFrom", "collateralValidTo")) {
      if (given.has(each)) {
        differ(each, given.path(each), actual.path(each), wrong);
      }
    }
    if (given.has("advisoryIds")) {
      String expected = sorted(given.path("advisoryIds"));
      String found = sorted(actual.path("advisoryIds"));
      if (!expected.equals(found)) {
        wrong.add("advisoryIds: %s, not %s".formatted(found, expected));
      }
    }
    for (String each : List.of("detail", "fields", "ekExtensions")) {
      for (Map.Entry<String, JsonNode> member : given.path(each).properties()) {
        within(
            each + "." + member.getKey(),
            member.getValue(),
            actual.path(each).path(member.getKey()),
            wrong);
      }
    }
  }

  private static void within(String path, JsonNode expected, JsonNode found, List<String> wrong) {
    if (expected.isObject()) {
      expected
          .properties()
          .forEach(member ->
              within(
                  path + "." + member.getKey(),
                  member.getValue(),
                  found.path(member.getKey()),
                  wrong));
    } else {
      differ(path, expected, found, wrong);
    }
  }

  private static void differ(String path, JsonNode expected, JsonNode found, List<String> wrong) {
    if (!expected.toString().equals(found.toString())) {
      wrong.add("%s: %s, not %s".formatted(path, found, expected));
    }
  }

  private static String sorted(JsonNode texts) {
    TreeSet<String> all = new TreeSet<>();
    texts.forEach(each -> all.add(each.asText()));
    return all.toString();
  }
}
