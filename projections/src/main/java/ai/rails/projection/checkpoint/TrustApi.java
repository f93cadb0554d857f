package ai.rails.projection.checkpoint;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Route;

/// `GET /v1/trust`: the public keys that this installation signs with.
///
/// Whoever asks the one that he wants to check is no wiser at first; but he can keep the answer,
/// compare it with one that came another way, and notice a change.
public final class TrustApi {
  private static final Pattern BLANK = Pattern.compile("[ \t]+");

  private final Supplier<String> policy;
  private final String evidenceKey;

  /// @param policy the cell's tlog-policy
  /// @param evidenceKey that signs bundles, PEM
  public TrustApi(Supplier<String> policy, String evidenceKey) {
    this.policy = policy;
    this.evidenceKey = evidenceKey;
  }

  public List<Route> routes() {
    return List.of(
        new Route("GET", "/v1/trust", Label.EVENTUAL, Access.anyRole(), _ -> Answer.ok(tree())));
  }

  private Map<String, Object> tree() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("policy", keys(policy.get()));
    tree.put("evidenceKey", evidenceKey);
    return tree;
  }

  /// Without comments and without where witnesses are reached, which is nobody else's business.
  static String keys(String policy) {
    return policy
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .map(line -> {
          List<String> words = List.of(BLANK.split(line));
          int most =
              switch (words.getFirst()) {
                case "log" -> 2;
                case "witness" -> 3;
                default -> words.size();
              };
          return String.join(" ", words.subList(0, Math.min(most, words.size())));
        })
        .collect(Collectors.joining("\n", "", "\n"));
  }
}
