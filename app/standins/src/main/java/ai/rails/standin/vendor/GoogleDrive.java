package ai.rails.standin.vendor;

import java.util.List;
import java.util.Map;
import java.util.Objects;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Json;
import ai.rails.standin.Response;
import ai.rails.standin.vendor.Endpoint.Guard;

/// One drive of Google's Drive API, version 3: folders are made and sought by a property of the
/// app. Its search may lag behind.
public final class GoogleDrive implements Vendor {
  /// Journal kind.
  public static final String FOLDER = "folder";

  private static final String SOUGHT = "appProperties has \\{ key='airails' and value='(.*)' }";
  private static final String BODY =
      """
      {'type':'object','additionalProperties':false,'properties':{
        'name':{'type':'string'},
        'mimeType':{'const':'application/vnd.google-apps.folder'},
        'parents':{'type':'array','maxItems':1,'items':{'type':'string'}},
        'appProperties':{'type':'object','maxProperties':30,'additionalProperties':false,
          'properties':{'airails':{'type':'string','maxLength':117}}}}}
      """;

  private final Map<String, String> grant;
  private final String token;
  private volatile boolean lagging;

  /// @param grant form for which the token is granted
  public GoogleDrive(Map<String, String> grant, String token) {
    this.grant = Map.copyOf(grant);
    this.token = token;
  }

  /// From now on its search finds nothing, or everything again.
  public void lagging(boolean on) {
    lagging = on;
  }

  @Override
  public List<Endpoint> endpoints() {
    Guard bearer = Guard.header("authorization", "Bearer " + token);
    return List.of(
        Endpoint.token(Google.TOKENS, "/token", List.of(grant), token),
        Endpoint.of(Google.HOST, "GET", "/drive/v3/files", bearer, this::list)
            .query("q", SOUGHT)
            .query("fields", "files\\(id\\)")
            .query("pageSize", "[1-9][0-9]{0,2}"),
        Endpoint.of(Google.HOST, "POST", "/drive/v3/files", bearer, this::create).body(BODY));
  }

  private Response list(Taken taken) {
    String query = Objects.requireNonNull(taken.request().query().get("q"));
    String sought = query.replaceAll(SOUGHT, "$1");
    ObjectNode answer = Json.object();
    ArrayNode files = answer.putArray("files");
    taken.done(FOLDER).stream()
        .filter(each -> !lagging && each.at("/appProperties/airails").asText().equals(sought))
        .limit(1)
        .forEach(each -> files.addObject().put("id", each.path("id").asText()));
    return Response.json(200, answer);
  }

  private Response create(Taken taken) {
    ObjectNode folder =
        Json.object()
            .put("kind", "drive#file")
            .put("id", "1FolderIdOfThirtyThreeCharacters%d".formatted(taken.done(FOLDER).size()));
    folder.setAll((ObjectNode) taken.body());
    taken.journal().effect(FOLDER, folder);
    ObjectNode answer = folder.deepCopy();
    answer.remove("appProperties");
    return Response.json(200, answer);
  }

  @Override
  public Response refused(Refusal refusal) {
    return Google.refused(refusal);
  }
}
