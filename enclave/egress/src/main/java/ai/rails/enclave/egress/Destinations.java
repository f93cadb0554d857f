package ai.rails.enclave.egress;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import ai.rails.enclave.egress.Refusal.RefusedException;

/// Finds the address of a target and connects to exactly that address. Thread-safe.
final class Destinations implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final int MAX_ADDRESSES = 16;

  private final Resolver resolver;
  private final Map<Target, InetSocketAddress> development;
  private final Set<Target> privateTargets;
  private final ExecutorService lookups = Executors.newVirtualThreadPerTaskExecutor();

  /// @param development targets that stand for a local address; empty in production
  /// @param privateTargets that may have an address of a private network
  Destinations(
      Resolver resolver, Map<Target, InetSocketAddress> development, Set<Target> privateTargets) {
    this.resolver = resolver;
    this.development = Map.copyOf(development);
    this.privateTargets = Set.copyOf(privateTargets);
  }

  /// Resolves once, refuses if any address is neither global nor, where that is allowed, private,
  /// and connects within 3 s.
  ///
  /// @throws RefusedException with `UNRESOLVED`, `NOT_GLOBAL` or `UNREACHABLE`
  Socket connect(Target target) throws RefusedException {
    long deadline = System.nanoTime() + CONNECT.toNanos();
    for (InetSocketAddress address : addresses(target)) {
      long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (millis < 1) {
        break;
      }
      Socket socket = new Socket();
      try {
        socket.setTcpNoDelay(true);
        socket.connect(address, Math.toIntExact(millis));
        return socket;
      } catch (IOException _) {
        Sockets.close(socket);
      }
    }
    throw new RefusedException(Refusal.UNREACHABLE);
  }

  @Override
  public void close() {
    lookups.shutdownNow();
  }

  private List<InetSocketAddress> addresses(Target target) throws RefusedException {
    InetSocketAddress mapped = development.get(target);
    if (mapped != null) {
      return List.of(mapped);
    }
    List<InetAddress> found = lookUp(target.host());
    if (found.isEmpty() || found.size() > MAX_ADDRESSES) {
      throw new RefusedException(Refusal.UNRESOLVED);
    }
    boolean mayBePrivate = privateTargets.contains(target);
    if (!found.stream()
        .allMatch(each ->
            GlobalAddresses.isGlobal(each) || (mayBePrivate && GlobalAddresses.isPrivate(each)))) {
      throw new RefusedException(Refusal.NOT_GLOBAL);
    }
    return found.stream().map(each -> new InetSocketAddress(each, target.port())).toList();
  }

  private List<InetAddress> lookUp(String host) throws RefusedException {
    Future<List<InetAddress>> lookup = lookups.submit(() -> resolver.resolve(host));
    try {
      return lookup.get(CONNECT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      lookup.cancel(true);
      throw new RefusedException(Refusal.UNRESOLVED);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownHostException) {
        throw new RefusedException(Refusal.UNRESOLVED);
      }
      throw new IllegalStateException("the resolver failed", e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new RefusedException(Refusal.UNRESOLVED);
    }
  }
}
