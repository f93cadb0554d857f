package ai.rails.app.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/// Loopback ports, picked once and kept, so that a bookmark or a running client survives a restart.
/// A kept port that somebody else has taken meanwhile is picked anew.
public final class Ports {
  /// Below the range from which the kernel serves outgoing connections: nobody gets it by accident.
  private static final int LOWEST = 20_000;

  private static final int HIGHEST = 32_000;
  private static final int ATTEMPTS = 1_000;

  private final KeptProperties kept;
  private final RandomGenerator random;

  private Ports(KeptProperties kept, RandomGenerator random) {
    this.kept = kept;
    this.random = random;
  }

  public static Ports open(Path file, RandomGenerator random) {
    return new Ports(KeptProperties.open(file), random);
  }

  /// The port of that name, free at this moment.
  public synchronized int of(String name) {
    return kept.find(name).map(Integer::parseInt).filter(Ports::free).orElseGet(() -> pick(name));
  }

  /// Like [#of(String)], but takes `preferred` when there is a choice: people type this one.
  public synchronized int of(String name, int preferred) {
    if (kept.find(name).isEmpty() && free(preferred) && !kept.holds(String.valueOf(preferred))) {
      kept.keep(name, String.valueOf(preferred));
    }
    return of(name);
  }

  public static boolean free(int port) {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  private int pick(String name) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int candidate = random.nextInt(LOWEST, HIGHEST);
      if (!kept.holds(String.valueOf(candidate)) && free(candidate)) {
        kept.keep(name, String.valueOf(candidate));
        return candidate;
      }
    }
    throw new Unavailable(
        "no free port for %s between %d and %d; end what holds them (ss -ltn)"
            .formatted(name, LOWEST, HIGHEST));
  }
}
