package ai.rails.app.evidence;

import java.io.Console;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import ai.rails.app.embedded.Unavailable;
import ai.rails.app.http.Api;
import ai.rails.app.run.FindRun;
import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Facts;
import ai.rails.app.verb.Persona;

/// `rails evidence export`.
@Command(
    name = "export",
    description =
        "Export a run, an approval, a time or a whole log as a bundle that anybody can check.",
    footer = {"", "The export itself becomes an entry of the log."},
    mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {
  @Mixin private Caller caller = new Caller();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "RUN",
      description = "The run: its id or the ticket it is about.")
  private @Nullable String run;

  @Option(names = "--approval", paramLabel = "RUN/GATE", description = "One approval of a run.")
  private @Nullable String approval;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Of a workspace's log, what was recorded from then on: 2026-03-02T12:00:00Z.")
  private @Nullable String from;

  @Option(names = "--to", paramLabel = "TIME", description = "... and before then.")
  private @Nullable String to;

  @Option(
      names = "--log",
      description = "The workspace's whole log, with its tiles: what --workspace alone means.")
  private boolean log;

  @Option(
      names = "--since",
      paramLabel = "SIZE",
      description = "Also show that the log goes on from an earlier checkpoint of this size.")
  private @Nullable Long since;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to write it (default: the bundle's own name, here).")
  private @Nullable Path out;

  @Override
  public Integer call() {
    long scopes =
        Stream.of(run != null, approval != null, from != null || to != null, log)
            .filter(given -> given)
            .count();
    if (scopes > 1 || (scopes == 0 && !caller.namesWorkspace())) {
      throw caller.usage("name one: RUN, --approval RUN/GATE, --from and --to, or --workspace ID");
    }
    Client client = caller.as(Persona.AUDITOR);
    String path = path(client);
    JsonNode done = made(client, path);
    Path file = Optional.ofNullable(out).orElseGet(() -> Path.of(done.path("fileName").asText()));
    String _ = client.download(done.path("href").asText(), file);
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("file", file.toString());
    told.put("bytes", done.path("bytes").asLong());
    told.put("entries", done.path("entries").asLong());
    told.put("treeSize", done.path("treeSize").asLong());
    told.put("manifestSha256", done.path("manifestSha256").asText());
    caller.show(
        Api.JSON.valueToTree(told),
        shown ->
            new Facts()
                .add("bundle", shown.path("file").asText())
                .add("bytes", shown.path("bytes").asText())
                .add("entries", shown.path("entries").asText())
                .add(
                    "proved against",
                    "a log of %s entries".formatted(shown.path("treeSize").asText()))
                .add("manifest", shown.path("manifestSha256").asText())
                .add("check it", "rails evidence verify " + shown.path("file").asText())
                .text());
    return Exit.OK;
  }

  /// Watches the making to its end.
  private JsonNode made(Client client, String path) {
    JsonNode[] last = {Api.JSON.createObjectNode()};
    boolean talks =
        Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()
            && !caller.isJson();
    client.follow(
        path,
        event -> {
          last[0] = event;
          boolean going = event.path("state").asText().equals("MAKING");
          if (talks && going) {
            caller
                .err()
                .printf("\r%-10s %d  ", event.path("stage").asText(), event.path("done").asLong());
            caller.err().flush();
          }
          return going;
        });
    if (talks) {
      caller.err().print("\r\u001b[K");
      caller.err().flush();
    }
    if (!last[0].path("state").asText().equals("DONE")) {
      throw new Unavailable(last[0].path("detail").asText("the bundle was not made; try again"));
    }
    return last[0];
  }

  private String path(Client client) {
    String query = since == null ? "" : "since=" + since;
    if (run != null) {
      return "/v1/evidence/runs/" + Client.encoded(FindRun.id(client, run)) + question(query);
    }
    if (approval != null) {
      int slash = approval.indexOf('/');
      if (slash < 1) {
        throw caller.usage("--approval is RUN/GATE");
      }
      return "/v1/evidence/approvals/%s/%s"
              .formatted(
                  Client.encoded(FindRun.id(client, approval.substring(0, slash))),
                  Client.encoded(approval.substring(slash + 1)))
          + question(query);
    }
    String workspace = Client.encoded(client.workspace());
    if (log || (from == null && to == null)) {
      return "/v1/evidence/workspaces/" + workspace + question(query);
    }
    if (from == null || to == null) {
      throw caller.usage("a time has --from and --to");
    }
    return "/v1/evidence/periods?workspace=%s&from=%d&to=%d%s"
        .formatted(workspace, millis(from), millis(to), query.isEmpty() ? "" : "&" + query);
  }

  private static String question(String query) {
    return query.isEmpty() ? "" : "?" + query;
  }

  private long millis(String time) {
    try {
      return Instant.parse(time).toEpochMilli();
    } catch (DateTimeException e) {
      throw caller.usage("%s is no time such as 2026-03-02T12:00:00Z".formatted(time));
    }
  }
}
