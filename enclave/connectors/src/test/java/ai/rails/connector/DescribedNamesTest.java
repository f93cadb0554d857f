package ai.rails.connector;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// What vendors describe by names only, without schemas of bodies: paths, methods, and the names of
/// parameters, headers and members.
class DescribedNamesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// Younger than Slack's description, which was archived in 2021; its SDK knows both.
  private static final Set<String> SLACK_SINCE = Set.of("metadata", "include_all_metadata");

  /// Younger than the stored description, or a prefix that it does not spell out.
  private static final Set<String> S3_SINCE =
      Set.of("if-none-match", "if-match", "x-amz-meta-airails");

  @Test
  void slackKnowsEveryMethodAndArgument() throws IOException {
    JsonNode paths = spec("slack_web_openapi_v2.json").path("paths");

    assertThat(
            strange(
                "slack",
                SLACK_SINCE,
                (request, _) ->
                    List.of(
                        paths
                            .path(request.path().replaceFirst("^/api", ""))
                            .path(method(request)))))
        .isEmpty();
  }

  @Test
  void s3KnowsEveryOperationParameterAndHeader() throws IOException {
    JsonNode paths = spec("s3_openapi3.json").path("paths");

    assertThat(
            strange(
                "s3",
                S3_SINCE,
                (request, _) ->
                    List.of(
                        paths
                            .path(
                                request.path().equals("/")
                                    ? "/{Bucket}#list-type=2"
                                    : "/{Bucket}/{Key}")
                            .path(method(request)))))
        .isEmpty();
  }

  /// Names that no operation of the description has.
  private static List<String> strange(
      String connector,
      Set<String> since,
      BiFunction<RequestTemplate, Action, List<JsonNode>> described) {
    List<String> strange = new ArrayList<>();
    List<Connector> versions =
        Connectors.builtIn().all().stream().filter(c -> c.name().equals(connector)).toList();
    assertThat(versions).isNotEmpty();
    for (Connector version : versions) {
      for (Action action : version.actions().values()) {
        for (RequestTemplate request : action.requests()) {
          String where = "%s %s %s".formatted(version, request.method(), request.path());
          Set<String> known = new TreeSet<>(since);
          for (JsonNode operation : described.apply(request, action)) {
            if (operation.isMissingNode()) {
              strange.add(where + " is not described");
            }
            operation
                .path("parameters")
                .forEach(each -> known.add(each.path("name").asText().toLowerCase(Locale.ROOT)));
          }
          names(request)
              .filter(name -> !known.contains(name.toLowerCase(Locale.ROOT)))
              .forEach(name -> strange.add(where + " has no " + name));
        }
      }
    }
    return strange;
  }

  private static Stream<String> names(RequestTemplate request) {
    Stream<String> members =
        request.json().stream().flatMap(body -> body.propertyStream().map(e -> e.getKey()));
    Stream<String> headers =
        request.headers().keySet().stream().filter(name -> !name.equals("Accept"));
    return Stream.of(request.query().keySet().stream(), headers, members).flatMap(each -> each);
  }

  private static String method(RequestTemplate request) {
    return request.method().toLowerCase(Locale.ROOT);
  }

  private static JsonNode spec(String file) throws IOException {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path found = folder.resolve("shared/data/specs").resolve(file);
      if (Files.exists(found)) {
        return JSON.readTree(Files.readString(found, StandardCharsets.UTF_8));
      }
    }
    return Assumptions.abort(
        "skipped: no folder ../shared with data/specs/%s beside the project".formatted(file));
  }
}
