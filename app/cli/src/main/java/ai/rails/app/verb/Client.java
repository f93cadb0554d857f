package ai.rails.app.verb;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;

import ai.rails.app.http.Api;
import ai.rails.app.http.Declined;
import ai.rails.app.http.EventSource;

import static java.nio.charset.StandardCharsets.UTF_8;

/// The API as one caller sees it. Every call gives the body of a success or throws.
public final class Client {
  private static final int MOST_ITEMS = 10_000;
  private static final int PAGE = 200;

  private final Api api;
  private final Supplier<String> token;
  private final Optional<String> workspace;

  Client(Api api, Supplier<String> token, Optional<String> workspace) {
    this.api = api;
    this.token = token;
    this.workspace = workspace;
  }

  /// Items of a list, and whether there are more.
  public record Items(ArrayNode items, boolean more) {}

  public JsonNode get(String path) {
    return api.get(token.get(), path).ok();
  }

  /// An answer that is no JSON.
  public byte[] bytes(String path) {
    return api.bytes(token.get(), path);
  }

  /// Saves an answer that may be large.
  ///
  /// @return the file's name as the server would have it
  public String download(String path, Path file) {
    return api.download(token.get(), path, file)
        .headers()
        .firstValue("Content-Disposition")
        .orElse("");
  }

  /// Empty when it does not exist.
  public Optional<JsonNode> find(String path) {
    Api.Answer answer = api.get(token.get(), path);
    return answer.status() == 404 ? Optional.empty() : Optional.of(answer.ok());
  }

  /// The first items of a list, over as many pages as it takes.
  ///
  /// @param query conditions; those with an empty value are left out
  public Items list(String path, Map<String, String> query, int limit) {
    ArrayNode items = Api.JSON.createArrayNode();
    String cursor = "";
    while (true) {
      int wanted = Math.min(PAGE, Math.min(limit, MOST_ITEMS) - items.size());
      String asked = path + "?" + text(query) + "limit=" + wanted;
      JsonNode page = get(cursor.isEmpty() ? asked : asked + "&cursor=" + encoded(cursor));
      page.path("items").forEach(items::add);
      cursor = page.path("next").asText();
      if (cursor.isEmpty() || items.size() >= limit || items.size() >= MOST_ITEMS) {
        return new Items(items, !cursor.isEmpty());
      }
    }
  }

  /// @param key idempotency key; without one a new one is taken
  public JsonNode post(String path, Object body, Optional<String> key) {
    return api.post(token.get(), path, body, key.orElseGet(Client::newKey)).ok();
  }

  public JsonNode postYaml(String path, String yaml, Optional<String> key) {
    return api.postText(token.get(), path, "application/yaml", yaml, key.orElseGet(Client::newKey))
        .ok();
  }

  public JsonNode put(String path, Object body) {
    return api.put(token.get(), path, body).ok();
  }

  public JsonNode delete(String path) {
    return api.delete(token.get(), path).ok();
  }

  /// The tenant that the token names. The server checks the token; this only reads it.
  ///
  /// @throws Declined if the token has no readable claim `tenant`
  public String tenant() {
    String[] parts = token.get().split("\\.", -1);
    try {
      JsonNode claims = Api.JSON.readTree(Base64.getUrlDecoder().decode(parts[parts.length / 2]));
      String tenant = claims.path("tenant").asText();
      if (!tenant.isEmpty()) {
        return tenant;
      }
    } catch (IOException | IllegalArgumentException _) {
      // said below: the token itself may not be shown
    }
    throw new Declined("the token names no tenant; get one from the identity provider");
  }

  /// Follows server-sent events until they end or `sink` has enough.
  public void follow(String path, Predicate<JsonNode> sink) {
    new EventSource(api, token).follow(path, sink);
  }

  /// The workspace that was named or remembered; else the tenant's only one.
  ///
  /// @throws Declined if there is none, or more than one
  public String workspace() {
    return workspace.orElseGet(() -> {
      List<String> all = new ArrayList<>();
      for (JsonNode log : get("/v1/projections?limit=200").path("items")) {
        String id = log.path("workspace").asText();
        if (!id.startsWith("_")) {
          all.add(id);
        }
      }
      if (all.size() != 1) {
        throw new Declined(
            all.isEmpty()
                ? "the tenant has no workspace with entries yet; name one: --workspace ID"
                : "the tenant has several workspaces; name one: --workspace "
                    + String.join("|", all));
      }
      return all.getFirst();
    });
  }

  /// The workspace that was named or remembered.
  public Optional<String> chosenWorkspace() {
    return workspace;
  }

  /// A part of a path or a query.
  public static String encoded(String part) {
    return URLEncoder.encode(part, UTF_8).replace("+", "%20");
  }

  private static String text(Map<String, String> query) {
    return query.entrySet().stream()
        .filter(each -> !each.getValue().isEmpty())
        .map(each -> each.getKey() + "=" + encoded(each.getValue()) + "&")
        .sorted()
        .collect(Collectors.joining());
  }

  private static String newKey() {
    return UUID.randomUUID().toString();
  }
}
