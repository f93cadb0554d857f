package ai.rails.app;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.app.demo.Flagship;
import ai.rails.app.demo.Ticket;
import ai.rails.app.embedded.Wait;
import ai.rails.app.http.Api;
import ai.rails.app.verb.Exit;
import ai.rails.enclave.classifier.Model;
import ai.rails.enclave.classifier.OfflineClassifier;

import static org.assertj.core.api.Assertions.assertThat;

/// The verbs against the whole stack: what a person with a terminal can do, and what is refused.
@Tag("slow")
final class VerbsTest {
  private static final Path ROOT = Checkout.root();
  private static final String SALT = "5c1a".repeat(8);

  @TempDir private static Path data;
  private static Stack stack;
  private static Flagship flagship;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void start() {
    Map<String, String> environment = new TreeMap<>(System.getenv());
    environment.put("AIRAILS_HOME", ROOT.toString());
    Checkout.requireOpa(environment);
    stack = Stack.start(data, environment, _ -> {});
    Model model = OfflineClassifier.standard();
    flagship = stack.flagship(model);
    List<String> categories = List.copyOf(new TreeSet<>(model.labels()));
    tickets().forEach(ticket -> stack.world().report(ticket, categories));
  }

  @AfterAll
  static void stop() {
    if (stack != null) {
      stack.close();
    }
  }

  @Test
  void runIsStartedSeenWaitingApprovedAndWatchedToItsEnd() throws Exception {
    String run = startRun(0);
    JsonNode gate = openGate(run);
    String digest = gate.path("callDigest").asText();

    rails(Exit.OK, "approval", "show", run);
    assertThat(out.toString()).contains(digest, "role approver", "servicenow update-incident");
    reveals(run, digest);
    rails(Exit.OK, "run", "list");
    assertThat(out.toString()).contains("WAITING", "gate approve", tickets().get(0).number());
    rails(Exit.OK, "approval", "approve", run, "--digest", digest.substring(0, 30));
    rails(Exit.OK, "run", "watch", run);

    assertThat(out.toString())
        .contains(
            "WAITING   approve", "APPROVED  approve by p-approver-1 through CLI", "COMPLETED");
    rails(Exit.OK, "run", "show", run);
    assertThat(out.toString()).contains(run + " COMPLETED").doesNotContain("It waits");
    rails(Exit.OK, "cost", "show", run);
    assertThat(out.toString()).contains("offline-classifier", "total 0.00 USD");
  }

  /// The approver and an auditor see what is sealed, whoever started the run does not; and what the
  /// approver sees hashes to the call that he is to approve.
  private void reveals(String run, String digest) throws Exception {
    rails(Exit.OK, "approval", "show", run, "--reveal");
    assertThat(out.toString())
        .contains("they hash to the call " + digest, "What step fetch gave", "short_description");
    JsonNode parts = json("run", "reveal", run, "--output", "fetch").path("parts");
    assertThat(parts).hasSize(1);
    assertThat(parts.path(0).path("content").isObject()).isTrue();
    rails(Exit.FAILED, "approval", "show", run, "--reveal", "--as", "p-operator:approver");
    assertThat(err.toString()).contains("reveal.requester");
    rails(Exit.FAILED, "run", "reveal", run, "--output", "fetch", "--as", "p-approver-1:auditor");
    assertThat(err.toString()).contains("reveal.no_role");
  }

  @Test
  void aCallIsCorrectedByWhoApprovesItAndWhatHeMadeOfItRuns() throws Exception {
    String run = startRun(4);
    String digest = openGate(run).path("callDigest").asText();
    String shown = digest.substring(0, 30);

    rails(Exit.OK, "approval", "ask", run, "--digest", shown, "--text", "why so terse?");
    String[] show = {"approval", "show", run, "--reveal"};
    assertThat(Wait.until(Duration.ofSeconds(60), () -> says("why so terse?", show))).isTrue();
    rails(Exit.USAGE, "approval", "correct", run, "--digest", shown, "--set", "amount=1");
    rails(
        Exit.FAILED, "approval", "correct", run, "--digest", "0".repeat(12), "--set", "urgency=1");
    String note = "work_note=Please call back.";
    String made =
        json("approval", "correct", run, "--digest", shown, "--set", note)
            .path("correctedDigest")
            .asText();
    rails(Exit.OK, "run", "watch", run);

    assertThat(out.toString()).contains("APPROVED  approve by p-approver-1", "COMPLETED");
    JsonNode gate = json("approval", "show", run);
    assertThat(gate.path("callDigest").asText()).isEqualTo(made).isNotEqualTo(digest);
    assertThat(gate.at("/corrections/0/fields/0").asText()).isEqualTo("work_note");
    assertThat(json("run", "reveal", run, "--call", "write").toString())
        .contains("Please call back.");
  }

  @Test
  void whoStartedARunMayNotApproveIt() throws Exception {
    String run = startRun(1);
    openGate(run);

    rails(
        Exit.FAILED,
        "approval",
        "approve",
        run,
        "--yes",
        "--as",
        "p-operator:approver",
        "-o",
        "json");

    assertThat(Api.JSON.readTree(out.toString()).path("code").asText())
        .isEqualTo("REQUESTER_MAY_NOT_APPROVE");
    assertThat(err.toString()).contains("ask another approver");
    rails(Exit.FAILED, "approval", "approve", run, "--digest", "0".repeat(12));
    assertThat(err.toString()).contains("look at it");
    rails(Exit.USAGE, "approval", "approve", run);
    assertThat(err.toString()).contains("--digest");
    rails(Exit.OK, "approval", "deny", run, "--yes");
    rails(Exit.FAILED, "run", "watch", run);
    assertThat(out.toString()).contains("DENIED", "GATE_DENIED");
  }

  @Test
  void runIsForkedAndCancelledOnceForAKey() throws Exception {
    String run = startRun(2);
    openGate(run);
    JsonNode fork = json("run", "fork", run);
    openGate(fork.path("run").asText()); // while a call is on its way, a run is not cancelled

    JsonNode once = json("run", "cancel", run, "--reason", "DUPLICATE", "--idempotency-key", "k1");
    JsonNode again = json("run", "cancel", run, "--reason", "DUPLICATE", "--idempotency-key", "k1");

    assertThat(again.path("run")).isEqualTo(once.path("run"));
    assertThat(fork.path("forkOf").asText()).isEqualTo(run);
    rails(Exit.FAILED, "run", "retry", run);
    assertThat(err.toString()).contains("has ended");
    rails(Exit.OK, "run", "cancel", fork.path("run").asText());
  }

  @Test
  void workflowWithFaultsIsRefusedWhereTheyAre(@TempDir Path directory) throws Exception {
    Path file =
        Files.writeString(directory.resolve("w.yaml"), "apiVersion: airails.dev/v1\nkind: X\n");

    rails(Exit.FAILED, "workflow", "publish", file.toString());

    assertThat(err.toString()).contains(file + ":2:");
    rails(Exit.OK, "workflow", "list");
    assertThat(out.toString()).contains("itsm-triage", "p-builder");
  }

  @Test
  void tenantAndItsWorkspaceAreCreatedAndShown() throws Exception {
    rails(Exit.OK, "tenant", "create", "acme");
    assertThat(
            Wait.until(
                Duration.ofSeconds(60),
                () -> run("tenant", "workspace", "main", "--tenant", "acme") == Exit.OK))
        .isTrue();
    assertThat(
            Wait.until(
                Duration.ofSeconds(20),
                () -> {
                  int exit = run("tenant", "show", "--tenant", "acme");
                  return exit == Exit.OK && out.toString().contains("main");
                }))
        .isTrue();

    assertThat(out.toString()).contains("Tenant acme", "ACTIVE");
    rails(Exit.FAILED, "tenant", "show", "--tenant", "nobody");
  }

  @Test
  void contentIsHeldThenErasedAndTheLedgerStaysAsItWas() throws Exception {
    String run = startRun(3);
    openGate(run);
    rails(Exit.FAILED, "run", "erase", run, "--reason", "GDPR_ART_17");
    assertThat(err.toString()).contains("is not over").contains("cancel it first");
    rails(Exit.OK, "approval", "deny", run, "--yes");
    rails(Exit.FAILED, "run", "watch", run);
    JsonNode hold = json("hold", "place", "run", run, "--reason", "CASE_4711");
    String id = hold.path("hold").asText();

    rails(Exit.FAILED, "run", "erase", run, "--reason", "GDPR_ART_17");
    assertThat(err.toString()).contains(id);
    assertThat(Wait.until(Duration.ofSeconds(20), () -> says(id, "hold", "list"))).isTrue();
    rails(Exit.OK, "hold", "release", id, "--reason", "CASE_CLOSED");
    rails(Exit.OK, "run", "erase", run, "--reason", "GDPR_ART_17");
    assertThat(out.toString()).contains("erased run " + run).doesNotContain(" 0 ciphertexts");

    assertThat(
            Wait.until(
                Duration.ofSeconds(20),
                () -> says("nothing of its content is left", "run", "show", run)))
        .isTrue();
    rails(Exit.FAILED, "run", "fork", run);
    assertThat(err.toString()).contains("was erased");
    rails(Exit.FAILED, "subject", "erase", "nobody", "--reason", "GDPR_ART_17");
    assertThat(Main.commandLine(Map.of()).execute("ledger", "verify", "--data", data.toString()))
        .isEqualTo(Exit.OK);
  }

  @Test
  void retentionIsSetAndShown() throws Exception {
    rails(Exit.OK, "tenant", "retention", "--content", "60");
    rails(Exit.FAILED, "tenant", "retention", "--trace", "99");
    assertThat(err.toString()).contains("traceDays must be 14 to 30");

    assertThat(
            Wait.until(
                Duration.ofSeconds(20),
                () -> says("60 days after a run's end", "tenant", "retention")))
        .isTrue();
    assertThat(out.toString()).contains("14 days after a run's end", "at least 2557 days");
  }

  @Test
  void evidenceIsTakenVerifiedOfflineAndRefusedWithOneByteChanged(@TempDir Path directory)
      throws Exception {
    String run = startRun(4);
    openGate(run);
    rails(Exit.OK, "approval", "deny", run, "--yes");
    rails(Exit.FAILED, "run", "watch", run);
    Path bundle = directory.resolve("evidence.zip");

    rails(Exit.OK, "evidence", "export", run, "--out", bundle.toString());

    offline(Exit.OK, "evidence", "verify", bundle, "--data", data);
    assertThat(out.toString()).contains("Integrity", "Completeness", "Assurance", "Not verified");
    assertThat(Outsider.judges(bundle, data.resolve("trust"), ROOT))
        .startsWith("accepted: sha256sum")
        .contains("openssl, the statement", "openssl, both time stamps");
    offline(Exit.OK, "evidence", "inspect", bundle);
    assertThat(out.toString()).contains(run, "p-approver-1", "RUN_CANCELLED");
    byte[] bytes = Files.readAllBytes(bundle);
    bytes[bytes.length / 2] ^= 1;
    Path changed = Files.write(directory.resolve("changed.zip"), bytes);
    offline(Exit.FAILED, "evidence", "verify", changed, "--data", data, "-o", "json");
    JsonNode verdict = Api.JSON.readTree(out.toString());
    assertThat(verdict.path("verified").asBoolean(true)).isFalse();
    assertThat(verdict.path("failures")).isNotEmpty();
    offline(Exit.FAILED, "evidence", "verify", bundle, "--data", directory);
    rails(Exit.FAILED, "evidence", "export", "nobody", "--out", bundle.toString());
    assertThat(err.toString()).doesNotContain("\tat ");
  }

  @Test
  void logIsProvedWatchedAndGivenToASubscriber(@TempDir Path directory) throws Exception {
    Path proof = directory.resolve("3.tlog-proof");
    Path seen = directory.resolve("seen");

    rails(Exit.OK, "ledger", "prove", "3", "--out", proof.toString());
    assertThat(out.toString()).contains("PROVED", "ACCEPTED", "w1");
    assertThat(Files.readString(proof)).startsWith("c2sp.org/tlog-proof@v1");
    rails(Exit.FAILED, "ledger", "prove", "999999");
    rails(Exit.OK, "ledger", "watch", "--once", "--state", seen.toString());
    rails(Exit.OK, "ledger", "watch", "--once", "--state", seen.toString());
    rails(Exit.OK, "ledger", "checkpoint", "--covering", "3");
    assertThat(out.toString()).startsWith("ledger.").contains("\u2014 ledger.", "\u2014 witness.");

    rails(Exit.OK, "siem", "grant", "--name", "soc", "--for", "VECTOR");
    assertThat(out.toString()).contains("soc", flagship.tenant(), "sasl");
    rails(Exit.OK, "siem", "tail", "--from-position", "1", "--until-end", "-o", "json");
    assertThat(out.toString().lines())
        .isNotEmpty()
        .allSatisfy(line -> assertThat(Api.JSON.readTree(line).has("class_uid")).isTrue());
    rails(Exit.OK, "siem", "revoke", "--name", "soc");
    assertThat(out.toString()).contains("is revoked");
  }

  /// Two administrators abandon the log. What was proved before stays so, and the run of before and
  /// one of after are proved in the new log.
  @Test
  void aLogIsAbandonedByTwoAndItsHistoryIsProvedAnew(@TempDir Path directory) throws Exception {
    String before = deniedRun(0);
    Path first = exported(before, directory.resolve("first.zip"));
    Path seen = directory.resolve("seen");
    rails(Exit.OK, "ledger", "watch", "--once", "--state", seen.toString());

    String proposal =
        json("ledger", "epoch", "propose", "--reason", "MOVED").path("proposal").asText();
    rails(Exit.FAILED, "ledger", "epoch", "accept", proposal);
    assertThat(err.toString()).contains("another administrator accepts it");
    rails(Exit.OK, "ledger", "epoch", "show");
    assertThat(out.toString()).contains(proposal, "MOVED", "/e/1", "\u2014 witness.");
    assertThat(Wait.until(Duration.ofSeconds(60), this::isWholeCosigned)).isTrue();
    JsonNode opened = json("ledger", "epoch", "accept", proposal, "--as", "p-admin-2:admin");
    assertThat(opened.path("epoch").asInt()).isEqualTo(2);
    rails(Exit.FAILED, "ledger", "epoch", "show");

    String after = deniedRun(1);
    Path again = exported(before, directory.resolve("again.zip"));
    Path second = exported(after, directory.resolve("second.zip"));
    assertThat(json("ledger", "head").path("epoch").asInt()).isEqualTo(2);
    for (Path bundle : List.of(first, again, second)) {
      offline(Exit.OK, "evidence", "verify", bundle, "--data", data);
    }
    offline(Exit.OK, "ledger", "verify", "--data", data);
    rails(Exit.FAILED, "ledger", "watch", "--once", "--state", seen.toString());
    assertThat(out + err.toString()).contains("was abandoned");
  }

  /// While everything runs. Checkpoints of before and after count, also for OpenSSL.
  @Test
  void theLogsKeyIsRotated(@TempDir Path directory) throws Exception {
    Path first = exported(deniedRun(2), directory.resolve("first.zip"));
    rails(Exit.OK, "ledger", "checkpoint");
    String old = out.toString();
    List<String> keys = Files.readAllLines(data.resolve("trust").resolve("witnesses.policy"));

    offline(Exit.OK, "ledger", "rotate-key", "--overlap", "PT1S", "--data", data);
    String fresh = out.toString().lines().findFirst().orElseThrow().substring("logs ".length());

    var outsider = new Outsider(directory);
    Path second = exported(deniedRun(3), directory.resolve("second.zip"));
    assertThat(
            Wait.until(
                Duration.ofSeconds(60),
                () ->
                    run("ledger", "checkpoint") == Exit.OK
                        && outsider.verifies(out.toString(), fresh)))
        .isTrue();
    String before =
        keys.stream().filter(line -> line.startsWith("log ")).toList().getLast().substring(4);
    assertThat(outsider.verifies(old, before)).isTrue();
    assertThat(outsider.verifies(old, fresh)).isFalse();
    for (Path bundle : List.of(first, second)) {
      offline(Exit.OK, "evidence", "verify", bundle, "--data", data);
    }
  }

  /// Whether witnesses have seen all there is: an epoch is bound to what they saw last.
  private boolean isWholeCosigned() {
    try {
      JsonNode head = json("ledger", "head");
      return head.path("cosigned").path("size").asLong() == head.path("entries").asLong();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private String deniedRun(int ticket) throws Exception {
    String run = startRun(ticket);
    openGate(run);
    rails(Exit.OK, "approval", "deny", run, "--yes");
    rails(Exit.FAILED, "run", "watch", run);
    return run;
  }

  private Path exported(String run, Path file) throws Exception {
    assertThat(
            Wait.until(
                Duration.ofSeconds(60),
                () -> run("evidence", "export", run, "--out", file.toString()) == Exit.OK))
        .as("%s%s", out, err)
        .isTrue();
    return file;
  }

  private void offline(int exit, Object... words) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    assertThat(execute(Stream.of(words).map(Object::toString).toList()))
        .as("%s: %s%s", List.of(words), out, err)
        .isEqualTo(exit);
  }

  private boolean says(String text, String... words) {
    return run(words) == Exit.OK && out.toString().contains(text);
  }

  @Test
  void answersAreJsonAndTheTokenIsMarkedOnTheOtherChannel() throws Exception {
    assertThat(json("run", "list").isArray()).isTrue();
    assertThat(err.toString()).contains("DEVELOPMENT token for p-operator");
    assertThat(json("approval", "list", "--state", "denied").isArray()).isTrue();
    assertThat(json("connector", "instances")).hasSize(3);
    assertThat(json("cost", "show").path("total").isArray()).isTrue();
    assertThat(json("run", "dlq")).isEmpty();
    assertThat(json("run", "replay", "--dry-run").path("matched").asInt()).isZero();
  }

  @Test
  void aHandedSayDecidesSeveralCallsByTheirDigests() throws Exception {
    String run = startRun(3);
    String digest = openGate(run).path("callDigest").asText();
    String call = run + "=" + digest;
    String id =
        json("approval", "delegate", "p-deputy", "--for", "PT1H").path("delegation").asText();

    rails(Exit.FAILED, "approval", "batch", "approve", call, "--as", "p-deputy:operator");
    assertThat(out.toString()).contains("no: NOT_AN_APPROVER");
    rails(Exit.OK, "approval", "delegations");
    assertThat(out.toString()).contains("p-approver-1", "p-deputy", "every gate");
    rails(Exit.OK, "approval", "batch", "approve", call, "--with", id, "--as", "p-deputy:operator");
    rails(Exit.OK, "run", "watch", run);

    assertThat(out.toString()).contains("APPROVED  approve by p-deputy through CLI", "COMPLETED");
    rails(Exit.OK, "approval", "show", run);
    assertThat(out.toString()).contains("by p-deputy with the say of p-approver-1 through CLI");
    rails(Exit.OK, "approval", "load");
    assertThat(out.toString()).contains("p-deputy", "no limit");
    rails(Exit.OK, "approval", "undelegate", id);
    rails(Exit.OK, "approval", "delegations");
    assertThat(out.toString()).contains("nobody's say is handed on");
  }

  private String startRun(int ticket) throws Exception {
    Ticket chosen = tickets().get(ticket);
    JsonNode started =
        json(
            "run",
            "start",
            "itsm-triage",
            "--trigger",
            "manual",
            "-i",
            "sys_id=" + chosen.sysId(),
            "-i",
            "number=" + chosen.number(),
            "-i",
            "sys_mod_count=0");
    return started.path("run").asText();
  }

  private JsonNode openGate(String run) throws Exception {
    boolean opened =
        Wait.until(
            Duration.ofSeconds(90), () -> run("approval", "show", run, "-o", "json") == Exit.OK);
    assertThat(opened).as("a gate of run " + run).isTrue();
    return Api.JSON.readTree(out.toString());
  }

  private JsonNode json(String... words) throws Exception {
    String[] asked = java.util.Arrays.copyOf(words, words.length + 2);
    asked[words.length] = "-o";
    asked[words.length + 1] = "json";
    rails(Exit.OK, asked);
    return Api.JSON.readTree(out.toString());
  }

  private void rails(int exit, String... words) {
    assertThat(run(words)).as("%s: %s%s", List.of(words), out, err).isEqualTo(exit);
  }

  private int run(String... words) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> all = new java.util.ArrayList<>(List.of(words));
    all.addAll(List.of("--data", data.toString()));
    if (!all.contains("--tenant")) {
      all.addAll(List.of("--tenant", flagship.tenant(), "--workspace", flagship.workspace()));
    }
    return execute(all);
  }

  private int execute(List<String> words) {
    return Main.commandLine(Map.of("NO_COLOR", "1"))
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(words.toArray(String[]::new));
  }

  private static List<Ticket> tickets() {
    return Ticket.synthetic(5, SALT).tickets();
  }
}
