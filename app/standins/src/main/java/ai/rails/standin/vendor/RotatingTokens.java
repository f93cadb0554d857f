package ai.rails.standin.vendor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import ai.rails.standin.Json;
import ai.rails.standin.Response;
import ai.rails.standin.vendor.Endpoint.Guard;

/// A vendor behind a token endpoint that takes each refresh token once: with it goes the access
/// token before, and both come back new (RFC 6749 6). Which are good now it knows beside the
/// journal.
public final class RotatingTokens implements Vendor {
  /// Journal kind: tokens that were granted.
  public static final String GRANT = "grant";

  private static final int LIVES_SECONDS = 7_200;

  private final String host;
  private final String path;
  private final Guard client;
  private final Map<String, String> form;
  private final Function<Guard, Vendor> behind;
  private int granted;

  /// @param client whom it answers
  /// @param form what is sent beside the refresh token and the kind of grant
  /// @param behind the vendor, for those with the access token that is good now
  public RotatingTokens(
      String host,
      String path,
      Guard client,
      Map<String, String> form,
      Function<Guard, Vendor> behind) {
    this.host = host;
    this.path = path;
    this.client = client;
    this.form = Map.copyOf(form);
    this.behind = behind;
  }

  /// The refresh token that so many grants have left.
  public static String refreshToken(int grants) {
    return "canary-refresh-token-%d".formatted(grants);
  }

  private static String accessToken(int grants) {
    return "canary-access-token-%d".formatted(grants);
  }

  private Vendor vendor() {
    return behind.apply(Guard.header("authorization", "Bearer " + accessToken(granted)));
  }

  @Override
  public List<Endpoint> endpoints() {
    Map<String, String> members = new HashMap<>(form);
    members.put("grant_type", "refresh_token");
    members.put("refresh_token", refreshToken(granted));
    List<Endpoint> all = new ArrayList<>(vendor().endpoints());
    all.add(Endpoint.of(host, "POST", path, client, this::grant).form(members));
    return all;
  }

  private Response grant(Taken taken) {
    granted++;
    taken.journal().effect(GRANT, Json.object().put("number", granted));
    return Response.json(
        200,
        Json.object()
            .put("token_type", "bearer")
            .put("expires_in", LIVES_SECONDS)
            .put("access_token", accessToken(granted))
            .put("refresh_token", refreshToken(granted)));
  }

  @Override
  public Response refused(Refusal refusal) {
    return vendor().refused(refusal);
  }
}
