package ai.rails.platform.egress;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

import com.google.crypto.tink.subtle.Ed25519Sign;

import ai.rails.platform.config.Settings;
import ai.rails.platform.http.Tls;
import ai.rails.platform.ticket.EgressTicket;

/// The control plane's way to fixed destinations, from the settings of the egress proxy.
public final class ServiceTunnels {
  /// The proxy cuts every tunnel after ten minutes; what lives longer is opened again then.
  private static final Duration LONGEST = Duration.ofMinutes(10).minusSeconds(5);

  private static final Duration LEAVE = Duration.ofSeconds(10);
  private static final long MAX_BYTES = 10L << 20;

  private ServiceTunnels() {}

  /// @param hosts the fixed list
  /// @param key private half of the key that the proxy knows
  /// @return nothing where no proxy is named
  /// @throws IllegalArgumentException if the authorities' file can not be read
  public static Optional<ServiceTunnel> of(
      Settings settings,
      Set<String> hosts,
      Ed25519Sign key,
      Supplier<UUID> ids,
      InstantSource clock) {
    if (settings.text("egress.port").isEmpty()) {
      return Optional.empty();
    }
    InetSocketAddress proxy =
        new InetSocketAddress(
            settings.text("egress.host", "127.0.0.1"), settings.port("egress.port"));
    String proxyId = settings.required("egress.proxyId");
    return Optional.of(
        new ServiceTunnel(
            proxy,
            trust(settings),
            hosts,
            (tenant, host, port) -> {
              long now = clock.millis();
              return signed(
                  new EgressTicket(
                      ids.get().toString(),
                      proxyId,
                      tenant,
                      "service-" + ids.get(),
                      1,
                      host,
                      port,
                      MAX_BYTES,
                      MAX_BYTES,
                      now,
                      now + LEAVE.toMillis(),
                      now + LONGEST.toMillis()),
                  key);
            }));
  }

  private static String signed(EgressTicket ticket, Ed25519Sign key) {
    try {
      return ticket.sign(key);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the ticket key can not sign", e);
    }
  }

  /// The authorities that the workers' gateway trusts, or the system's.
  private static SSLContext trust(Settings settings) {
    Optional<String> file = settings.text("worker.gateway.ca.file");
    try {
      return file.isPresent() ? Tls.trusting(Path.of(file.get())) : SSLContext.getDefault();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "the authorities in worker.gateway.ca.file can not be read", e);
    }
  }
}
