package ai.rails.app.connector;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import ai.rails.app.http.Api;
import ai.rails.app.http.Declined;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.OutputFormat;
import ai.rails.connector.Connector;
import ai.rails.connector.Connectors;
import ai.rails.standin.MalformedRequest;
import ai.rails.standin.OpenApi;

/// `rails connector test`.
@Command(
    name = "test",
    description =
        "Make every request of every example and hold it against the vendor's description (offline).",
    mixinStandardHelpOptions = true)
final class ContractVerb implements Callable<Integer> {
  @Parameters(
      paramLabel = "CONNECTOR",
      description = "A manifest's file, or a name and version of this build: github@1.1.0.")
  private String what = "";

  @Option(
      names = "--openapi",
      paramLabel = "FILE",
      description = "The vendor's OpenAPI 3 description in JSON.")
  private @Nullable Path openapi;

  @Option(names = "-o", paramLabel = "FORMAT", description = "text or json.")
  private OutputFormat format = OutputFormat.TEXT;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    Connector connector = connector();
    List<Contract.Checked> all = new Contract(connector, description()).check();
    long wrong = all.stream().filter(each -> !each.complaints().isEmpty()).count();
    PrintWriter out = spec.commandLine().getOut();
    switch (format) {
      case JSON -> out.println(json(connector, all));
      case TEXT -> {
        all.forEach(each -> show(out, each));
        out.printf(
            "%s: %s requests made, %s held against a description, %s wrong%n",
            connector, all.size(), described(all), wrong);
      }
    }
    out.flush();
    return wrong == 0 ? Exit.OK : Exit.FAILED;
  }

  private static void show(PrintWriter out, Contract.Checked each) {
    String verdict =
        each.complaints().isEmpty()
            ? (each.described() ? "described" : "made")
            : String.join("; ", each.complaints());
    out.printf("%s: %s: %s%n", each.action(), each.request(), verdict);
  }

  private static ObjectNode json(Connector connector, List<Contract.Checked> all) {
    ObjectNode json = Api.JSON.createObjectNode();
    json.put("connector", connector.toString());
    json.put("digest", connector.digest());
    json.put("described", described(all));
    ArrayNode requests = json.putArray("requests");
    all.forEach(each -> {
      ObjectNode one = requests.addObject();
      one.put("action", each.action());
      one.put("request", each.request());
      one.put("described", each.described());
      ArrayNode complaints = one.putArray("complaints");
      each.complaints().forEach(complaints::add);
    });
    return json;
  }

  private static long described(List<Contract.Checked> all) {
    return all.stream().filter(Contract.Checked::described).count();
  }

  private Connector connector() {
    String[] named = what.split("@", 2);
    Optional<Connector> known =
        named.length == 2 ? Connectors.builtIn().named(named[0], named[1]) : Optional.empty();
    if (known.isPresent()) {
      return known.get();
    }
    try {
      return Connectors.read(Files.readAllBytes(Path.of(what)));
    } catch (IOException _) {
      throw new Declined(
          "%s is no manifest's file and no connector of this build; see: rails connector list"
              .formatted(what));
    } catch (IllegalArgumentException e) {
      throw new Declined(String.valueOf(e.getMessage()));
    }
  }

  private Optional<OpenApi> description() {
    try {
      return Optional.ofNullable(openapi).map(OpenApi::read);
    } catch (MalformedRequest | UncheckedIOException e) {
      throw new Declined(String.valueOf(e.getMessage()));
    }
  }
}
