package ai.rails.app.verb;

import java.util.Map;
import java.util.function.Function;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Option;

/// How much of a list is shown: the options of every verb that lists.
public final class Lists {
  @Option(names = "--limit", paramLabel = "N", description = "Most items (default: 50).")
  private int limit = 50;

  @Option(names = "--all", description = "All items, at most 10000.")
  private boolean all;

  /// Fetches and shows a list; the JSON is one array.
  public int show(
      Caller caller,
      Client client,
      String path,
      Map<String, String> query,
      Function<JsonNode, String> text) {
    if (limit < 1) {
      throw caller.usage("--limit is at least 1");
    }
    Client.Items found = client.list(path, query, all ? Integer.MAX_VALUE : limit);
    caller.show(found.items(), text);
    if (found.more()) {
      caller.err().println("rails: there are more; see them with --all or a higher --limit");
    }
    return Exit.OK;
  }
}
