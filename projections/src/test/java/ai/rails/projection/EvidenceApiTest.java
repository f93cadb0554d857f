package ai.rails.projection;

import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import ai.rails.domain.access.EvidenceScope;
import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.TlogPolicy;
import ai.rails.domain.checkpoint.TlogProof;
import ai.rails.domain.ledger.Frontier;
import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.ledger.LogEvent.EpochOpened;
import ai.rails.domain.ledger.LogEvent.Reason;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.Proofs;
import ai.rails.domain.ledger.Sha256;
import ai.rails.domain.tenant.TenantEvent.TenantCreated;
import ai.rails.domain.tenant.TenantEvent.TenantKeyDestroyed;
import ai.rails.domain.tenant.TenantEvent.TenantOffboarded;
import ai.rails.domain.tenant.TenantEvent.TenantOffboardingProposed;
import ai.rails.domain.tenant.TenantEvent.TenantProvisioned;
import ai.rails.platform.evidence.BundleVerifier;
import ai.rails.platform.evidence.DerivedFiles;
import ai.rails.platform.evidence.Verdict;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Role;
import ai.rails.projection.access.Taken;

import static org.assertj.core.api.Assertions.assertThat;

/// Proofs and bundles over HTTP, checked by code that has nothing but what it was given. Each test
/// has a tenant of its own.
@Timeout(120)
class EvidenceApiTest {
  private static final int ENTRIES = new SampleRun("r1").whole().size();

  @TempDir private static Path directory;
  private static QueryServer server;

  @BeforeAll
  static void start() throws Exception {
    server = new QueryServer(directory);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Test
  void proofVerifiesAgainstTheFirstCosignedCheckpoint() throws Exception {
    TestLog log = logged("proof", 2);
    server.checkpoint(log, 30);
    server.checkpoint(log, 2L * ENTRIES);

    HttpResponse<byte[]> answer = server.send("proof", "/v1/ledgers/ws1/entries/7/proof");

    assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
    TlogProof proof = TlogProof.parse(answer.body());
    assertThat(proof.index()).isEqualTo(6);
    assertThat(proof.includes(log.leafHash(7))).isTrue();
    assertThat(proof.includes(log.leafHash(8))).isFalse();
    assertThat(Checkpoint.parse(proof.checkpoint().text()).size()).isEqualTo(30);
    assertThat(
            TlogPolicy.parse(server.notary().policy())
                .forLog(log.origin())
                .judge(proof.checkpoint())
                .accepted())
        .isTrue();
    assertThat(last("proof").resource()).isEqualTo("ws1/7");
  }

  @Test
  void consistencyVerifies() throws Exception {
    TestLog log = logged("consistent", 2);
    server.checkpoint(log, 48);

    JsonNode answer = server.get("consistent", "/v1/ledgers/ws1/consistency?from=11");

    List<byte[]> hashes = new ArrayList<>();
    answer.path("hashes").forEach(hash -> hashes.add(base64(hash)));
    assertThat(answer.path("to").asLong()).isEqualTo(48);
    assertThat(
            Proofs.consistent(11, log.checkpoint(11).root(), 48, log.checkpoint(48).root(), hashes))
        .isTrue();
    assertThat(base64(answer.path("toRoot"))).isEqualTo(log.checkpoint(48).root());
    assertThat(server.send("consistent", "/v1/ledgers/ws1/consistency?from=12&to=11").statusCode())
        .isEqualTo(422);
    assertThat(server.send("consistent", "/v1/ledgers/ws1/consistency?from=1&to=49").statusCode())
        .isEqualTo(404);
  }

  /// What a client of C2SP tlog-tiles does: the root from the entries, and the hashes from tiles.
  @Test
  void logCanBeReadAsTilesAndGivesTheSignedRoot() throws Exception {
    TestLog log = logged("tiles", 12);
    Note note = server.checkpoint(log, 12L * ENTRIES);
    String at = "/v1/ledgers/ws1/log/";

    byte[] served = server.send("tiles", at + "checkpoint").body();
    Checkpoint checkpoint = Checkpoint.parse(Note.parse(served).text());
    assertThat(served).isEqualTo(note.bytes());
    var tree = new Frontier();
    for (String tile : List.of("000", "001.p/32")) {
      byte[] hashes = server.send("tiles", at + "tile/0/" + tile).body();
      ByteBuffer bundle = ByteBuffer.wrap(server.send("tiles", at + "tile/entries/" + tile).body());
      for (int i = 0; bundle.hasRemaining(); i++) {
        byte[] leaf = new byte[bundle.getShort()];
        bundle.get(leaf);
        tree.append(Merkle.leaf(leaf));
        assertThat(Merkle.leaf(leaf))
            .isEqualTo(java.util.Arrays.copyOfRange(hashes, 32 * i, 32 * i + 32));
      }
    }
    assertThat(tree.size()).isEqualTo(checkpoint.size());
    assertThat(tree.root()).isEqualTo(checkpoint.root());
    assertThat(server.send("tiles", at + "tile/1/000.p/1").body()).hasSize(32);
    assertThat(last("tiles").resource()).isEqualTo("ws1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tile/0/001",
        "tile/0/001.p/33",
        "tile/0/1",
        "tile/8/000",
        "tile/entries/x000/001",
        "tile/0/%2e%2e"
      })
  void tileThatIsNotThereIs404(String tile) throws Exception {
    if (server.send("notile", "/v1/ledgers/ws1/head").statusCode() != 200) {
      TestLog log = logged("notile", 12);
      server.checkpoint(log, 288);
    }
    assertThat(server.send("notile", "/v1/ledgers/ws1/log/" + tile).statusCode()).isIn(400, 404);
  }

  @Test
  void headTellsHowMuchIsSigned() throws Exception {
    TestLog log = logged("head", 1);
    server.checkpoint(log, 20);

    JsonNode head = server.get("head", "/v1/ledgers/ws1/head");

    assertThat(head.path("entries").asInt()).isEqualTo(ENTRIES);
    assertThat(head.path("origin").asText()).isEqualTo(log.origin());
    assertThat(java.util.HexFormat.of().parseHex(head.path("root").asText()))
        .isEqualTo(log.checkpoint(ENTRIES).root());
    assertThat(head.path("cosigned").path("size").asInt()).isEqualTo(20);
  }

  @Test
  void bundleOfARunVerifiesAndIsTheSameEachTime() throws Exception {
    TestLog log = logged("bundle", 2);
    server.checkpoint(log, 40);
    server.checkpoint(log, 48);

    HttpResponse<byte[]> first = server.send("bundle", "/v1/evidence/runs/r0");
    HttpResponse<byte[]> second = server.send("bundle", "/v1/evidence/runs/r0?since=40");
    HttpResponse<byte[]> third = server.send("bundle", "/v1/evidence/runs/r0");

    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(first.headers().firstValue("Content-Disposition"))
        .contains("attachment; filename=\"evidence-r0.zip\"");
    assertThat(first.headers().firstValue("ETag")).isEqualTo(third.headers().firstValue("ETag"));
    assertThat(payload(first.body())).isEqualTo(payload(third.body()));
    assertThat(payload(second.body()).keySet()).anyMatch(name -> name.contains("since"));
    Verdict verdict = verify(log, first.body());
    assertThat(verdict.failures()).isEmpty();
    assertThat(verify(log, second.body()).failures()).isEmpty();
    Taken taken = last("bundle");
    assertThat(taken.principal()).isEqualTo("alice");
    assertThat(taken.export()).contains(new Taken.Export(EvidenceScope.RUN, 40));
    assertThat(server.taken().stream().filter(t -> t.tenant().equals("bundle"))).hasSize(1);
  }

  @Test
  void changedBundleIsRefused() throws Exception {
    TestLog log = logged("changed", 1);
    server.checkpoint(log, 24);
    byte[] bundle = server.send("changed", "/v1/evidence/runs/r0").body();

    bundle[bundle.length / 2] ^= 1;

    assertThat(verify(log, bundle).failures()).isNotEmpty();
  }

  @Test
  void approvalPeriodAndWorkspaceVerify() throws Exception {
    TestLog log = logged("scopes", 25);
    server.checkpoint(log, 25L * ENTRIES);
    List<String> paths =
        List.of(
            "approvals/r3/review",
            "periods?workspace=ws1&from=%d&to=%d".formatted(TestLog.at(100), TestLog.at(300)),
            "workspaces/ws1");
    for (String path : paths) {
      HttpResponse<byte[]> answer = server.send("scopes", "/v1/evidence/" + path);
      assertThat(answer.statusCode()).as(path).isEqualTo(200);
      assertThat(verify(log, answer.body()).failures()).as(path).isEmpty();
    }
  }

  @Test
  void makingCanBeWatchedAndEndsWithWhereToFetch() throws Exception {
    TestLog log = logged("watched", 3);
    server.checkpoint(log, 72);

    String told =
        new String(
            server
                .sendAccepting("text/event-stream", "watched", "/v1/evidence/workspaces/ws1")
                .body(),
            StandardCharsets.UTF_8);

    assertThat(told).contains("event: done");
    JsonNode done =
        Json.tree(
            told.substring(told.lastIndexOf("data: ") + 6)
                .strip()
                .getBytes(StandardCharsets.UTF_8));
    assertThat(done.path("href").asText()).isEqualTo("/v1/evidence/workspaces/ws1?size=72");
    assertThat(server.taken().stream().filter(t -> t.tenant().equals("watched"))).isEmpty();
    HttpResponse<byte[]> fetched = server.send("watched", done.path("href").asText());
    assertThat(fetched.body()).hasSize(done.path("bytes").asInt());
    assertThat(verify(log, fetched.body()).failures()).isEmpty();
  }

  @Test
  void withoutANoteInTheLedgerNothingIsGiven() throws Exception {
    TestLog log = logged("away", 1);
    server.checkpoint(log, 24);
    server.ledgerAway(true);
    try {
      for (String path :
          List.of(
              "/v1/evidence/runs/r0",
              "/v1/ledgers/ws1/entries/3/proof",
              "/v1/ledgers/ws1/log/tile/entries/000.p/24")) {
        HttpResponse<byte[]> answer = server.send("away", path);
        assertThat(answer.statusCode()).as(path).isEqualTo(503);
        assertThat(Json.tree(answer.body()).path("code").asText()).isEqualTo("UNAVAILABLE");
      }
    } finally {
      server.ledgerAway(false);
    }
    assertThat(server.send("away", "/v1/evidence/runs/r0").statusCode()).isEqualTo(200);
  }

  @Test
  void withoutACosignedCheckpointTheAnswerSaysWhatIsMissing() throws Exception {
    TestLog log = logged("early", 1);
    server.checkpoint(log, 10);

    HttpResponse<byte[]> answer = server.send("early", "/v1/evidence/runs/r0");

    assertThat(answer.statusCode()).isEqualTo(503);
    JsonNode problem = Json.tree(answer.body());
    assertThat(problem.path("code").asText()).isEqualTo("NOT_YET_WITNESSED");
    assertThat(problem.path("detail").asText()).contains("witnesses have cosigned 10 entries");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/evidence/runs/r0",
        "/v1/evidence/approvals/r0/review",
        "/v1/evidence/periods?workspace=ws1&from=0&to=9999999999999",
        "/v1/evidence/workspaces/ws1",
        "/v1/ledgers/ws1/head",
        "/v1/ledgers/ws1/checkpoint",
        "/v1/ledgers/ws1/entries/1/proof",
        "/v1/ledgers/ws1/consistency?from=1&to=2",
        "/v1/ledgers/ws1/log/checkpoint",
        "/v1/ledgers/ws1/log/tile/0/000.p/1",
        "/v1/ledgers/ws1/log/tile/entries/000.p/1"
      })
  void otherTenantsEvidenceDoesNotExist(String path) throws Exception {
    if (server.send("owner", "/v1/ledgers/ws1/head").statusCode() != 200) {
      server.checkpoint(logged("owner", 1), 24);
    }

    assertThat(server.send("owner", path).statusCode()).isEqualTo(200);
    assertThat(server.send("thief", path).statusCode()).isEqualTo(404);
    assertThat(server.taken().stream().filter(t -> t.tenant().equals("thief"))).isEmpty();
  }

  @Test
  void approverExportsNothing() throws Exception {
    assertThat(server.sendAs(Role.APPROVER, "owner", "/v1/evidence/runs/r0").statusCode())
        .isEqualTo(403);
    assertThat(
            server.sendAs(Role.BUILDER, "owner", "/v1/ledgers/ws1/log/tile/0/000.p/1").statusCode())
        .isEqualTo(403);
  }

  /// The log was abandoned and is told again in another epoch: what was proved stays proved, and
  /// all is proved anew. Runs of before, over the change and after it are whole in the new log.
  @Test
  void bothSidesOfAnEpochsChangeAreReadAndVerify() throws Exception {
    TestLog old = logged("epochs", 2);
    Note last = server.checkpoint(old, 2L * ENTRIES);
    byte[] before = server.send("epochs", "/v1/evidence/runs/r0").body();
    server.fold(old, old.append(new SampleRun("r2").whole().subList(0, 10)));

    TestLog log = old.next(2L * ENTRIES);
    server.fold(log, log.tellAgain(old, 20));
    assertThat(server.get("epochs", "/v1/ledgers/ws1/head").path("epoch").asInt()).isEqualTo(2);
    assertThat(leaf("epochs", "entries/30").path("log").asText()).isEqualTo(old.origin());
    assertThat(leaf("epochs", "entries/30?epoch=1").path("log").asText()).isEqualTo(old.origin());
    assertThat(server.send("epochs", "/v1/evidence/runs/r1").statusCode()).isEqualTo(503);

    server.fold(log, log.tellAgain(old, 2 * ENTRIES + 10));
    server.fold(log, List.of(log.append(opening(Reason.TAIL_LOST, last))));
    server.fold(log, log.append(new SampleRun("r2").whole().subList(10, ENTRIES)));
    server.fold(log, log.append(new SampleRun("r3").whole()));
    server.checkpoint(log, log.position());

    readsAsItWas(old, 7);
    reads(log, "", 7);
    reads(log, "?epoch=2", log.position());
    for (String gone : List.of("entries/7?epoch=3", "entries/7/proof?epoch=3")) {
      assertThat(server.send("epochs", "/v1/ledgers/ws1/" + gone).statusCode()).isEqualTo(404);
    }
    assertThat(verify(old, before).failures()).isEmpty();
    assertThat(verify(log, before).failures()).isNotEmpty();
    for (String path : List.of("runs/r0", "runs/r2", "runs/r3", "workspaces/ws1")) {
      HttpResponse<byte[]> answer = server.send("epochs", "/v1/evidence/" + path);
      assertThat(answer.statusCode()).as(path).isEqualTo(200);
      assertThat(verify(log, answer.body()).failures()).as(path).isEmpty();
      assertThat(verify(old, answer.body()).failures()).as(path).isNotEmpty();
    }
    assertThat(server.send("epochs", "/v1/evidence/runs/r0?since=48").statusCode()).isEqualTo(404);
  }

  /// The store lost its end, and other events took the places: the log that was signed still shows
  /// what had been there, and the one that the views follow does not.
  @Test
  void whatTheStoreLostIsReadInTheAbandonedLog() throws Exception {
    TestLog old = logged("lost", 2);
    Note last = server.checkpoint(old, 2L * ENTRIES);

    TestLog log = old.next(2L * ENTRIES);
    server.fold(log, log.tellAgain(old, ENTRIES));
    server.fold(log, List.of(log.append(opening(Reason.HISTORY_LOST, last))));
    server.fold(log, log.append(new SampleRun("r9").whole().subList(0, 3)));
    server.checkpoint(log, log.position());

    String lost = "/v1/ledgers/ws1/entries/" + (ENTRIES + 2);
    assertThat(server.get("lost", lost).path("header").path("run").asText()).isEqualTo("r9");
    JsonNode kept = server.get("lost", lost + "?epoch=1");
    assertThat(kept.path("header").path("run").asText()).isEqualTo("r1");
    assertThat(Sha256.hex(HexFormat.of().parseHex(kept.path("eventBytes").asText())))
        .isEqualTo(Leaf.parse(utf8(kept.path("leaf").asText())).eventSha256());
    String end = "/v1/ledgers/ws1/entries/" + 2 * ENTRIES;
    assertThat(server.send("lost", end).statusCode()).isEqualTo(404);
    assertThat(server.get("lost", end + "?epoch=1").path("header").path("run").asText())
        .isEqualTo("r1");
    assertThat(server.send("lost", "/v1/evidence/runs/r1").statusCode()).isEqualTo(404);
    assertThat(verify(log, server.send("lost", "/v1/evidence/workspaces/ws1").body()).failures())
        .isEmpty();
  }

  /// Keys and ciphertexts are gone; what a bundle holds are events, which have no content.
  @Test
  void evidenceOfAnOffboardedTenantIsGivenAndVerifies() throws Exception {
    TestLog work = logged("leaver", 1);
    server.checkpoint(work, ENTRIES);
    byte[] before = server.send("leaver", "/v1/evidence/runs/r0").body();
    TestLog own = new TestLog("leaver", "_tenant");
    server.fold(
        own,
        own.append(
            List.of(
                new TenantCreated("leaver", "eu", "c1"),
                new TenantProvisioned("leaver"),
                new TenantOffboardingProposed("leaver", "contract-ended", "ada"),
                new TenantOffboarded("leaver", "ada", "bea", "kek-1", 1, 1, 2, 1, 9),
                new TenantKeyDestroyed("leaver", "kek-1", 1))));
    server.checkpoint(own, own.position());

    assertThat(server.get("leaver", "/v1/tenants/leaver").path("status").asText())
        .isEqualTo("OFFBOARDED");
    assertThat(server.send("leaver", "/v1/evidence/runs/r0").body()).isEqualTo(before);
    for (String path : List.of("runs/r0", "workspaces/ws1")) {
      byte[] bundle = server.send("leaver", "/v1/evidence/" + path).body();
      assertThat(verify(work, bundle).failures()).as(path).isEmpty();
    }
    byte[] certificate = server.send("leaver", "/v1/evidence/workspaces/_tenant").body();
    assertThat(verify(own, certificate).failures()).isEmpty();
    assertThat(payload(certificate).values())
        .anySatisfy(text -> assertThat(text).contains("TENANT_OFFBOARDED"))
        .anySatisfy(text -> assertThat(text).contains("TENANT_KEY_DESTROYED"));
  }

  private static EpochOpened opening(Reason reason, Note last) {
    return new EpochOpened(2, reason, new String(last.bytes(), StandardCharsets.UTF_8));
  }

  private static JsonNode leaf(String tenant, String path) throws Exception {
    return Json.tree(utf8(server.get(tenant, "/v1/ledgers/ws1/" + path).path("leaf").asText()));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void readsAsItWas(TestLog old, long position) throws Exception {
    reads(old, "?epoch=1", position);
    String at = "/v1/ledgers/ws1/";
    assertThat(server.send(old.tenant(), at + "entries/49/proof?epoch=1").statusCode())
        .isEqualTo(404);
    JsonNode grown = server.get(old.tenant(), at + "consistency?epoch=1&from=11");
    assertThat(base64(grown.path("toRoot"))).isEqualTo(old.checkpoint(48).root());
    assertThat(base64(grown.path("fromRoot"))).isEqualTo(old.checkpoint(11).root());
  }

  /// What the console's page of a leaf asks for, checked as it does.
  private static void reads(TestLog log, String epoch, long position) throws Exception {
    String at = "/v1/ledgers/ws1/entries/%s".formatted(position);
    JsonNode entry = server.get(log.tenant(), at + epoch);
    byte[] leaf = utf8(entry.path("leaf").asText());
    assertThat(Leaf.parse(leaf).log()).isEqualTo(log.origin());
    assertThat(entry.path("leafHash").asText()).isEqualTo(Sha256.ofLeaf(leaf));
    TlogProof proof = TlogProof.parse(server.send(log.tenant(), at + "/proof" + epoch).body());
    assertThat(proof.includes(Merkle.leaf(leaf))).isTrue();
    assertThat(
            TlogPolicy.parse(server.notary().policy())
                .forLog(log.origin())
                .judge(proof.checkpoint())
                .accepted())
        .isTrue();
    byte[] served = server.send(log.tenant(), "/v1/ledgers/ws1/checkpoint" + epoch).body();
    assertThat(served).isEqualTo(proof.checkpoint().bytes());
  }

  private static TestLog logged(String tenant, int runs) {
    TestLog log = new TestLog(tenant, "ws1");
    for (int i = 0; i < runs; i++) {
      server.fold(log, log.append(new SampleRun("r" + i).whole()));
    }
    return log;
  }

  private static Taken last(String tenant) {
    return server.taken().stream()
        .filter(taken -> taken.tenant().equals(tenant))
        .reduce((_, second) -> second)
        .orElseThrow();
  }

  private static Verdict verify(TestLog log, byte[] bundle) throws Exception {
    Path file = Files.write(Files.createTempFile(directory, "bundle", ".zip"), bundle);
    return new BundleVerifier(TestLog.EVENTS, DerivedFiles.NONE).verify(file, server.trust(log));
  }

  private static byte[] base64(JsonNode hash) {
    return Base64.getDecoder().decode(hash.asText());
  }

  /// `data/` and the manifests.
  private static Map<String, String> payload(byte[] zip) throws Exception {
    Map<String, String> files = new HashMap<>();
    try (var in = new ZipInputStream(new ByteArrayInputStream(zip))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        if (entry.getName().contains("/data/") || entry.getName().contains("manifest")) {
          files.put(entry.getName(), new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
        }
      }
    }
    return files;
  }
}
