package ai.rails.standin.slack;

import java.util.Map;

/// The workspace and the app installed in it.
///
/// @param url the public name of Slack in links and response URLs, without a slash at the end
/// @param channels channel id to name; the app is a member of each
/// @param people user id to user name
public record Workspace(
    String url,
    String teamId,
    String domain,
    String appId,
    String botUserId,
    String botToken,
    String appToken,
    String signingSecret,
    Map<String, String> channels,
    Map<String, String> people) {
  public Workspace {
    channels = Map.copyOf(channels);
    people = Map.copyOf(people);
    if (!botToken.startsWith("xoxb-") || !appToken.startsWith("xapp-")) {
      throw new IllegalArgumentException(
          "a bot token starts with xoxb- and an app token with xapp-");
    }
  }

  /// One channel `C0APPROVALS`, and whoever may press buttons.
  public static Workspace of(
      String url, String botToken, String signingSecret, Map<String, String> people) {
    return new Workspace(
        url,
        "T0AIRAILS",
        "airails-demo",
        "A0AIRAILS",
        "U0AIRAILS",
        botToken,
        "xapp-1-A0AIRAILS-development",
        signingSecret,
        Map.of("C0APPROVALS", "approvals"),
        people);
  }

  String botId() {
    return "B" + botUserId.substring(1);
  }
}
