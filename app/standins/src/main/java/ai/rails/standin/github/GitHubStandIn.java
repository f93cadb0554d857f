package ai.rails.standin.github;

import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Fault;
import ai.rails.standin.Faults;
import ai.rails.standin.Journal;
import ai.rails.standin.Json;
import ai.rails.standin.LocalServer;
import ai.rails.standin.MalformedRequest;
import ai.rails.standin.OpenApi;
import ai.rails.standin.Request;
import ai.rails.standin.Response;
import ai.rails.standin.Service;
import ai.rails.standin.Transport;

/// One repository on GitHub: issues and their comments, in pages, under a rate limit that every
/// answer tells. With the vendor's description at hand every request is checked against it. All
/// state is guarded by this object.
public final class GitHubStandIn implements Service, AutoCloseable {
  /// Journal kinds.
  public static final String ISSUE = "issue";

  public static final String COMMENT = "comment";

  private static final Pattern PATH =
      Pattern.compile("/repos/([^/]+/[^/]+)/issues(?:/([0-9]{1,9})(/comments)?)?");
  private static final String VERSION = "2022-11-28";
  private static final int PAGE = 30;
  private static final int LARGEST_PAGE = 100;

  private final Start start;
  private final Journal journal;
  private final RateLimit limit;
  private final Faults faults = new Faults();
  private final Map<Integer, ObjectNode> issues = new LinkedHashMap<>();
  private final List<ObjectNode> comments = new ArrayList<>();
  private final LocalServer server;

  /// What a stand-in needs to start; the journal belongs to it from then on.
  ///
  /// @param repository owner and name
  /// @param perHour requests under the primary limit
  /// @param description GitHub's own, if it is at hand
  public record Start(
      String token,
      String repository,
      int perHour,
      Optional<OpenApi> description,
      Transport transport,
      int port,
      Journal journal,
      InstantSource clock) {}

  private GitHubStandIn(Start start) {
    this.start = start;
    journal = start.journal();
    limit = new RateLimit(start.perHour(), start.clock());
    journal.effectEntries().forEach(each -> apply(each.path("kind").asText(), each.path("facts")));
    server = LocalServer.start(start.transport(), start.port(), this, journal, faults);
  }

  public static GitHubStandIn start(Start start) {
    return new GitHubStandIn(start);
  }

  public int port() {
    return server.port();
  }

  public URI uri() {
    return server.uri();
  }

  public Faults faults() {
    return faults;
  }

  public Journal journal() {
    return journal;
  }

  /// Somebody opens an issue by hand.
  public synchronized int seedIssue(String title, String body) {
    return open(title, body).path("number").asInt();
  }

  @Override
  public synchronized Response answer(Request request) {
    try {
      authenticate(request);
      if (!limit.take()) {
        throw new GitHubError(403, "API rate limit exceeded for user ID 1.");
      }
      check(request);
      return dispatch(request).withAll(limit.headers());
    } catch (GitHubError e) {
      return e.response().withAll(limit.headers());
    } catch (MalformedRequest _) {
      return new GitHubError(400, "Problems parsing JSON").response().withAll(limit.headers());
    }
  }

  @Override
  public Response refuse(Fault.Refusal refusal) {
    return switch (refusal) {
      case Fault.RateLimited limited ->
          new GitHubError(
                  403,
                  "You have exceeded a secondary rate limit. Please wait a few minutes before you"
                      + " try again.")
              .response()
              .with("Retry-After", Long.toString(limited.retryAfter().toSeconds()));
      case Fault.QuotaExhausted _, Fault.Overloaded _ ->
          new GitHubError(503, "Service Unavailable").response();
      case Fault.ServerError _ -> new GitHubError(500, "Server Error").response();
    };
  }

  @Override
  public void close() {
    server.close();
    journal.close();
  }

  private void authenticate(Request request) {
    if (request.header("user-agent").orElse("").isBlank()) {
      throw new GitHubError(
          403,
          "Request forbidden by administrative rules. Please make sure your request has a"
              + " User-Agent header.");
    }
    if (!request.bearer().equals(Optional.of(start.token()))) {
      throw new GitHubError(401, "Bad credentials");
    }
  }

  private void check(Request request) {
    if (!request.header("x-github-api-version").orElse(VERSION).equals(VERSION)) {
      throw new GitHubError(400, "The API version is not supported.");
    }
    Optional<JsonNode> body =
        request.body().isEmpty() ? Optional.empty() : Optional.of(Json.parseObject(request.body()));
    List<String> wrong =
        start
            .description()
            .map(each ->
                each.complaints(
                    request.method(), request.path(), request.query(), request.mediaType(), body))
            .orElseGet(List::of);
    if (!wrong.isEmpty()) {
      throw GitHubError.invalid(wrong.getFirst());
    }
  }

  private Response dispatch(Request request) {
    Matcher path = PATH.matcher(request.path());
    if (!path.matches() || !path.group(1).equals(start.repository())) {
      throw new GitHubError(404, "Not Found");
    }
    boolean reads = request.method().equals("GET");
    if (!reads && !request.method().equals("POST")) {
      throw new GitHubError(404, "Not Found");
    }
    if (path.group(2) == null) {
      return reads ? page(request, List.copyOf(issues.values()).reversed()) : open(request);
    }
    int number = Integer.parseInt(path.group(2));
    if (!issues.containsKey(number)) {
      throw new GitHubError(404, "Not Found");
    }
    if (path.group(3) != null) {
      return reads ? page(request, comments(number)) : comment(request, number);
    }
    if (!reads) {
      throw new GitHubError(404, "Not Found");
    }
    return Response.json(200, issues.get(number));
  }

  private Response page(Request request, List<ObjectNode> all) {
    Map<String, String> query = request.query();
    int size = Math.clamp(number(query, "per_page", PAGE), 1, LARGEST_PAGE);
    int page = Math.max(1, number(query, "page", 1));
    Instant since = since(query);
    List<ObjectNode> found =
        all.stream()
            .filter(each -> !Instant.parse(each.path("updated_at").asText()).isBefore(since))
            .toList();
    ArrayNode items = Json.MAPPER.createArrayNode();
    found.stream().skip((long) (page - 1) * size).limit(size).forEach(items::add);
    Response answer = Response.json(200, items);
    return (long) page * size < found.size()
        ? answer.with(
            "Link",
            "<https://api.github.com%s?per_page=%s&page=%s>; rel=\"next\""
                .formatted(request.path(), size, page + 1))
        : answer;
  }

  private static int number(Map<String, String> query, String name, int otherwise) {
    String text = query.getOrDefault(name, Integer.toString(otherwise));
    if (!text.matches("[0-9]{1,6}")) {
      throw GitHubError.invalid(name);
    }
    return Integer.parseInt(text);
  }

  private static Instant since(Map<String, String> query) {
    try {
      return Instant.parse(query.getOrDefault("since", "1970-01-01T00:00:00Z"));
    } catch (DateTimeException _) {
      throw GitHubError.invalid("since");
    }
  }

  private Response open(Request request) {
    ObjectNode sent = Json.parseObject(request.body());
    if (sent.path("title").asText().isBlank()) {
      throw GitHubError.invalid("title");
    }
    ObjectNode issue = open(sent.path("title").asText(), sent.path("body").asText());
    return Response.json(201, issue)
        .with("Location", "https://api.github.com" + request.path() + "/" + issue.path("number"));
  }

  private ObjectNode open(String title, String body) {
    int number = issues.size() + 1;
    ObjectNode issue =
        stamped(Json.object().put("id", 1_000 + number).put("number", number))
            .put("title", title)
            .put("body", body)
            .put("state", "open")
            .put("comments", 0);
    commit(ISSUE, issue);
    return issue;
  }

  private Response comment(Request request, int issue) {
    String body = Json.parseObject(request.body()).path("body").asText();
    if (body.isBlank()) {
      throw GitHubError.invalid("body");
    }
    return Response.json(201, comment(issue, body));
  }

  private ObjectNode comment(int issue, String body) {
    ObjectNode comment =
        stamped(Json.object().put("id", 5_000_000_000L + comments.size() + 1))
            .put("body", body)
            .put(
                "issue_url",
                "https://api.github.com/repos/%s/issues/%s".formatted(start.repository(), issue));
    commit(COMMENT, comment);
    return comment;
  }

  private ObjectNode stamped(ObjectNode node) {
    String now = start.clock().instant().truncatedTo(ChronoUnit.SECONDS).toString();
    return node.put("created_at", now).put("updated_at", now);
  }

  private List<ObjectNode> comments(int issue) {
    return comments.stream()
        .filter(each -> each.path("issue_url").asText().endsWith("/issues/" + issue))
        .toList();
  }

  private void commit(String kind, ObjectNode facts) {
    journal.effect(kind, facts);
    apply(kind, facts);
  }

  private void apply(String kind, JsonNode facts) {
    if (kind.equals(ISSUE)) {
      issues.put(facts.path("number").asInt(), facts.deepCopy());
    } else if (kind.equals(COMMENT)) {
      comments.add(facts.deepCopy());
    }
  }
}
