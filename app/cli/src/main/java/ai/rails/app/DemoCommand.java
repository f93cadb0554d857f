package ai.rails.app;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import ai.rails.app.demo.Demo;
import ai.rails.app.demo.Evidence;
import ai.rails.app.demo.Flagship;
import ai.rails.app.demo.Kept;
import ai.rails.app.demo.Narrator;
import ai.rails.app.demo.People;
import ai.rails.app.demo.PinnedModel;
import ai.rails.app.demo.Refunds;
import ai.rails.app.demo.Tampered;
import ai.rails.app.demo.Ticket;
import ai.rails.app.demo.World;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.http.Api;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.OutputFormat;
import ai.rails.app.worker.SimulatedWorker;
import ai.rails.enclave.classifier.Evaluation;
import ai.rails.enclave.classifier.Model;
import ai.rails.enclave.classifier.OfflineClassifier;
import ai.rails.standin.servicenow.ServiceNowStandIn;
import ai.rails.stream.ledger.LedgerReport;

/// `rails demo`: a governed triage from webhook to verified ledger, told as it happens.
@Command(
    name = "demo",
    description =
        "Start everything and run the flagship: incident, model, policy, person, write-back.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_TICKETS = 200;

  private final Map<String, String> environment;

  @Mixin private DataOption data = new DataOption();

  @Option(names = "--exit", description = "Stop everything at the end and return.")
  private boolean exit;

  @Option(
      names = "--tickets",
      paramLabel = "FILE",
      description = "Tickets as CSV with text, category and fold; without it, synthetic ones.")
  private @Nullable Path tickets;

  @Option(names = "--count", defaultValue = "8", description = "How many tickets; 3 to 200.")
  private int count = 8;

  @Option(
      names = "--model",
      paramLabel = "PROVIDER",
      description =
          "offline-classifier, openai, azure-openai or anthropic (default: ${DEFAULT-VALUE});"
              + " vendors are stand-ins that count and charge what the vendor would.")
  private PinnedModel.Provider provider = PinnedModel.Provider.OFFLINE_CLASSIFIER;

  @Option(
      names = "--tamper-measurement",
      description = "Boot the worker from an image that nobody released: no keys, and it says so.")
  private boolean tamper;

  @Option(names = "-o", paramLabel = "FORMAT", description = "text or json.")
  private OutputFormat output = OutputFormat.TEXT;

  DemoCommand(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  @Override
  public Integer call() throws InterruptedException {
    if (count < 3 || count > MOST_TICKETS) {
      throw new picocli.CommandLine.ParameterException(
          new picocli.CommandLine(this), "--count must be 3 to " + MOST_TICKETS);
    }
    PrintStream out = System.out;
    Narrator narrator = new Narrator(out);
    narrator.chapter("Starting Kafka, PostgreSQL, OPA, the stages, a worker and the egress proxy");
    DataDirectory directory = data.directory().create();
    Map<String, Object> result;
    try (Session session =
        Session.start(directory, environment, line -> narrator.line("%s", line))) {
      Played played = tell(session, directory, narrator);
      result = played.result();
      if (!exit && !tamper) {
        stay(session, directory, narrator, played);
      }
    }
    print(out, result);
    return well(result) ? Exit.OK : Exit.FAILED;
  }

  /// A story that was told, and what it takes to tell one incident more.
  private record Played(Map<String, Object> result, Demo demo, List<String> categories) {}

  /// The object comes before the wait, and again as the last line when somebody has stopped it.
  private void stay(Session session, DataDirectory directory, Narrator narrator, Played played)
      throws InterruptedException {
    narrator.chapter("Your turn: one more incident, and nobody decides it for you");
    Optional<Demo.Open> open =
        played.demo().leaveOpen(played.categories(), HexFormat.of().formatHex(random()));
    narrator.chapter("It stays up; try in another terminal");
    String which =
        directory.root().equals(DataDirectory.of(Path.of("data")).root())
            ? ""
            : " --data " + directory.root();
    narrator.hint("./rails approval list%s", which);
    open.ifPresent(gate -> {
      narrator.hint("./rails approval show %s%s", gate.number(), which);
      narrator.hint("./rails approval approve %s%s", gate.number(), which);
      narrator.hint("./rails run watch %s%s", gate.number(), which);
    });
    narrator.hint("./rails run list%s", which);
    narrator.hint("./rails cost show%s", which);
    narrator.hint("./rails ledger watch%s", which);
    narrator.chapter("Where things are");
    narrator.hint("API       %s/v1", session.properties().require("command.url"));
    narrator.hint("OpenAPI   %s/openapi.json", session.properties().require("command.url"));
    narrator.hint("verbs     docs/cli.md");
    narrator.hint("");
    narrator.hint("CONSOLE   %s", session.properties().require("console.url"));
    narrator.hint("          development: open it and pick who you are");
    narrator.hint("");
    narrator.hint("stop with Ctrl-C, or: ./rails down%s", which);
    print(System.out, played.result());
    session.await();
  }

  private void print(PrintStream out, Map<String, Object> result) {
    if (output == OutputFormat.JSON) {
      out.println(json(result));
      out.flush();
    }
  }

  private Played tell(Session session, DataDirectory directory, Narrator narrator) {
    Ticket.Set set = tickets();
    Model model = set.training().isEmpty() ? OfflineClassifier.standard() : train(set, narrator);
    narrator.chapter("Setting up a tenant with the workflow itsm-triage");
    narrator.line("tickets: %d %s", set.tickets().size(), set.source());
    Evaluation judged = Evaluation.of(model, set.heldOut());
    narrator.line(
        "%s gets %d of %d held-out categories right (%.1f %%)",
        model.id(), judged.correct(), judged.total(), 100 * judged.accuracy());
    Plans.Installed installed = session.installed();
    World world = installed.world().world();
    long before = world.standIns().serviceNow().writebacks();
    installed.workers().set("worker.classifier.model", write(directory, model).toString());
    installed.workers().set(SimulatedWorker.TAMPER, String.valueOf(tamper));
    Flagship flagship = flagship(session, directory);
    flagship.admit();
    narrator.line("tenant %s is active: topics, principals and policy exist", flagship.tenant());
    flagship.invite();
    List<String> categories = List.copyOf(new TreeSet<>(model.labels()));
    PinnedModel pinned = PinnedModel.of(provider, model);
    flagship.connect(categories, pinned);
    if (pinned.simulated()) {
      world.answerWith(model);
      narrator.line(
          "%s is SIMULATED: a stand-in of %s answers, with the built-in classifier's answers",
          pinned.model(), pinned.connector());
    }
    narrator.line("ServiceNow, Slack and the model are connected; credentials are sealed");
    flagship.publish(pinned, categories.stream().filter(c -> !c.equals(Ticket.RESERVED)).toList());
    narrator.line("workflow published, signed and granted; model %s", pinned.model());
    set.tickets().forEach(ticket -> world.report(ticket, categories));
    Demo demo = new Demo(flagship, world, narrator);
    if (tamper) {
      return new Played(
          new Tampered(flagship, narrator, demo).tell(set.tickets().getFirst()), demo, categories);
    }
    flagship.awaitReady(installed.stages().services());
    narrator.line("a worker was attested and has its keys (SIMULATED: no hardware vouches for it)");
    Demo.Told told = demo.tell(set.tickets());
    Refunds.Told refunds =
        new Refunds(flagship, world, narrator, new SecureRandom().nextLong(1_000_000))
            .tell(installed.stages().services());
    narrator.chapter("Verifying the ledger, from Kafka and from the event store");
    LedgerReport report = LedgerCommand.verifyWhenCaughtUp(session.properties());
    narrator.line(
        "%d entries in %d logs: %s",
        report.ledgerEntries(),
        report.workspaces(),
        report.equal() ? "verified" : "NOT VERIFIED " + report.differences());
    Map<String, Object> result =
        result(session, told, report, pinned, world.standIns().serviceNow(), before);
    result.put("triage", List.of(triage(model, judged)));
    result.put("refunds", refunds.tree());
    demo.completed()
        .map(run -> new Evidence(flagship, directory.root(), narrator).show(run))
        .ifPresent(shown -> result.put("evidence", shown.tree()));
    return new Played(result, demo, categories);
  }

  private static Flagship flagship(Session session, DataDirectory directory) {
    Kept kept = new Kept(directory.root().resolve(Kept.FILE));
    return new Flagship(
        new Api(URI.create(session.properties().require("command.url"))),
        new People(session.installed().stages().issuer()),
        session.installed().world().secrets(),
        kept.of("tenant", Flagship::newId),
        kept.of("workspace", Flagship::newId));
  }

  private Ticket.Set tickets() {
    String salt = HexFormat.of().formatHex(random());
    return Optional.ofNullable(tickets)
        .map(file -> Ticket.file(file, count, salt))
        .orElseGet(() -> Ticket.synthetic(count, salt));
  }

  private static byte[] random() {
    byte[] bytes = new byte[16];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }

  private static Model train(Ticket.Set set, Narrator narrator) {
    narrator.chapter(
        "Training the offline classifier on %d texts".formatted(set.training().size()));
    Model model = OfflineClassifier.train(set.training());
    narrator.line("%s", model.id());
    return model;
  }

  private static Path write(DataDirectory directory, Model model) {
    Path file = directory.root().resolve("models").resolve(name(model) + ".model");
    try {
      Files.createDirectories(directory.root().resolve("models"));
      Files.write(file, model.bytes());
      return file;
    } catch (IOException e) {
      throw new Unavailable("%s can not be written".formatted(file), e);
    }
  }

  private static String name(Model model) {
    return model.id().substring(model.id().length() - 16);
  }

  private static Map<String, Object> result(
      Session session,
      Demo.Told told,
      LedgerReport report,
      PinnedModel model,
      ServiceNowStandIn serviceNow,
      long before) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("readySeconds", session.readyAfterSeconds());
    result.put("runs", ordered(told.states()));
    result.put("approvals", Map.of("approved", told.approved(), "denied", told.denied()));
    result.put("writebacks", serviceNow.writebacks() - before);
    result.put("duplicateWritebacks", serviceNow.duplicateWritebacks());
    result.put("deniedCalls", told.deniedCalls());
    result.put("ledger", Map.of("entries", report.ledgerEntries(), "verified", report.equal()));
    int tickets = told.states().values().stream().mapToInt(Integer::intValue).sum();
    double amount = tickets == 0 ? 0 : told.costNanos() / 1e9 / tickets;
    Map<String, Object> cost = new LinkedHashMap<>();
    cost.put("currency", "USD");
    cost.put("amount", amount);
    cost.put("model", model.simulated() ? model.shown() : OfflineClassifier.NAME);
    result.put("costPerTicket", cost);
    Map<String, Object> classification = new LinkedHashMap<>();
    classification.put("correct", told.correct());
    classification.put("total", told.classified());
    classification.put("model", model.shown());
    result.put("classification", classification);
    result.put("traceId", told.traceId());
    return result;
  }

  /// How a model does on tickets that it never saw.
  private static Map<String, Object> triage(Model model, Evaluation judged) {
    Map<String, Object> triage = new LinkedHashMap<>();
    triage.put("model", model.id());
    triage.put("heldOut", judged.total());
    triage.put("correct", judged.correct());
    triage.put("accuracy", judged.accuracy());
    return triage;
  }

  private static Map<String, Object> ordered(Map<String, Integer> states) {
    Map<String, Object> runs = new LinkedHashMap<>();
    for (String state : List.of("COMPLETED", "FAILED", "CANCELLED")) {
      runs.put(state.toLowerCase(java.util.Locale.ROOT), states.getOrDefault(state, 0));
    }
    return runs;
  }

  private static boolean well(Map<String, Object> result) {
    if (Boolean.TRUE.equals(result.get("refused"))) {
      return true;
    }
    return result.get("ledger") instanceof Map<?, ?> ledger
        && Boolean.TRUE.equals(ledger.get("verified"))
        && result.get("evidence") instanceof Map<?, ?> evidence
        && Boolean.TRUE.equals(evidence.get("verified"))
        && Boolean.TRUE.equals(evidence.get("tamperedRefused"))
        && Long.valueOf(0).equals(result.get("duplicateWritebacks"))
        && result.get("refunds") instanceof Map<?, ?> refunds
        && Integer.valueOf(2).equals(refunds.get("completed"))
        && Integer.valueOf(1).equals(refunds.get("compensated"))
        && Integer.valueOf(0).equals(refunds.get("duplicateCredits"));
  }

  private static String json(Map<String, Object> result) {
    try {
      return JSON.writeValueAsString(result);
    } catch (IOException e) {
      throw new IllegalStateException("a result is always JSON", e);
    }
  }
}
