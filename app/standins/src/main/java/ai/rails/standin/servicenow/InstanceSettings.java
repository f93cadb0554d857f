package ai.rails.standin.servicenow;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

/// Who may use the instance and how often.
///
/// @param instanceUrl the public name in links, without a slash at the end
/// @param users user name to password, for Basic and the password grant
/// @param clients OAuth client id to secret
/// @param clientUser the user that a client-credentials token acts as
/// @param apiKeys value of `x-sn-apikey` to user name
/// @param readOnlyUsers users whose writes the ACL refuses
/// @param requestsPerHour the rate limit rule for a single user; 0 for none
public record InstanceSettings(
    String instanceUrl,
    Map<String, String> users,
    Map<String, String> clients,
    String clientUser,
    Map<String, String> apiKeys,
    Set<String> readOnlyUsers,
    int requestsPerHour,
    Duration tokenLife) {
  public InstanceSettings {
    users = Map.copyOf(users);
    clients = Map.copyOf(clients);
    apiKeys = Map.copyOf(apiKeys);
    readOnlyUsers = Set.copyOf(readOnlyUsers);
    if (instanceUrl.endsWith("/")) {
      throw new IllegalArgumentException(
          "the instance's URL '" + instanceUrl + "' ends in a slash; leave it out");
    }
    if (requestsPerHour < 0) {
      throw new IllegalArgumentException(
          "requestsPerHour is " + requestsPerHour + "; give 0 for no limit");
    }
  }

  /// One OAuth client that acts as `integration.airails`, tokens of the vendor's 1799 s, no rate
  /// rule.
  public static InstanceSettings withClient(
      String instanceUrl, String clientId, String clientSecret) {
    return new InstanceSettings(
        instanceUrl,
        Map.of(),
        Map.of(clientId, clientSecret),
        "integration.airails",
        Map.of(),
        Set.of(),
        0,
        Duration.ofSeconds(1799));
  }
}
