package ai.rails.domain.ledger;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The name of one workspace's log: `ledger.<cell-domain>/t/<tenant>/w/<workspace>/e/<epoch>`.
///
/// @param epoch from 1; a log that had to be abandoned goes on in the next one
public record Origin(String cellDomain, String tenant, String workspace, int epoch) {
  private static final Pattern FORM =
      Pattern.compile(
          "ledger\\.([a-z0-9.-]{1,253})/t/([a-z0-9-]{1,64})/w/([a-z0-9_-]{1,64})/e/([1-9][0-9]{0,8})");

  /// The log that a workspace begins with.
  public static Origin first(String cellDomain, String tenant, String workspace) {
    return new Origin(cellDomain, tenant, workspace, 1);
  }

  /// @return empty if it is no log's name
  public static Optional<Origin> parse(String name) {
    Matcher m = FORM.matcher(name);
    return m.matches()
        ? Optional.of(new Origin(m.group(1), m.group(2), m.group(3), Integer.parseInt(m.group(4))))
        : Optional.empty();
  }

  /// The same workspace's log in another epoch.
  public Origin in(int other) {
    return new Origin(cellDomain, tenant, workspace, other);
  }

  /// The log that takes this one's place.
  public Origin next() {
    return in(epoch + 1);
  }

  public boolean sameWorkspace(Origin other) {
    return in(1).equals(other.in(1));
  }

  @Override
  public String toString() {
    return "ledger.%s/t/%s/w/%s/e/%s".formatted(cellDomain, tenant, workspace, epoch);
  }
}
