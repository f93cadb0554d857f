package ai.rails.app.embedded;

import java.io.IOException;
import java.util.Optional;

/// PostgreSQL refuses to run as root; as root it is therefore started in a user namespace.
public final class UserNamespaces {
  private UserNamespaces() {}

  static void require() {
    problem()
        .ifPresent(problem -> {
          throw new Unavailable(problem);
        });
  }

  /// What is missing and how to get it; empty when PostgreSQL can be started.
  public static Optional<String> problem() {
    if (!"root".equals(System.getProperty("user.name"))) {
      return Optional.empty();
    }
    try {
      Process probe =
          new ProcessBuilder("unshare", "-U", "true")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return probe.waitFor() == 0
          ? Optional.empty()
          : Optional.of(
              "PostgreSQL refuses root, and `unshare -U` is not permitted here; run as another user,"
                  + " or allow user namespaces (sysctl user.max_user_namespaces, the container's"
                  + " seccomp profile)");
    } catch (IOException _) {
      return Optional.of(
          "PostgreSQL refuses root, and `unshare` is missing; run as another user, or install"
              + " util-linux");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted while probing `unshare -U`");
    }
  }
}
