package ai.rails.app.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.app.http.Declined;
import ai.rails.app.verb.Client;

/// Which run a person means: its id, an unambiguous beginning or end of it, or its ticket's number.
public final class FindRun {
  private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  private static final int LEAST = 4;
  private static final int RECENT = 200;

  private FindRun() {}

  /// @return a run's id; what is found nowhere is returned as it is, and the server says no
  /// @throws Declined if more than one fits
  public static String id(Client client, String given) {
    if (ID.matcher(given).matches()) {
      return given;
    }
    List<String> found = new ArrayList<>();
    client.list("/v1/runs", Map.of("externalId", given), 10).items().forEach(r -> found.add(id(r)));
    if (found.isEmpty() && given.length() >= LEAST) {
      client
          .list("/v1/runs", Map.of(), RECENT)
          .items()
          .forEach(run -> {
            if (id(run).startsWith(given) || id(run).endsWith(given)) {
              found.add(id(run));
            }
          });
    }
    if (found.size() > 1) {
      throw new Declined(
          "%s fits %d runs; name one: %s".formatted(given, found.size(), String.join(" ", found)));
    }
    return found.isEmpty() ? given : found.getFirst();
  }

  private static String id(JsonNode run) {
    return run.path("run").asText();
  }
}
