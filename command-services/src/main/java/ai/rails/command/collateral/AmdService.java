package ai.rails.command.collateral;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.format.Pem;
import ai.rails.attestation.verdict.ChipIdentity;
import ai.rails.attestation.verdict.Claims.SigningKey;
import ai.rails.attestation.verdict.Claims.TcbParts;
import ai.rails.platform.egress.ServiceAnswer;
import ai.rails.platform.egress.ServiceTunnel;

/// AMD's key distribution service (document 57230), or a cache of it. It answers few requests: what
/// all chips of a product share is asked for once an hour, a chip's certificate by the caller once
/// for ever, and after a 429 nothing for as long as it says. Thread-safe.
public final class AmdService implements AutoCloseable {
  private static final Duration SHARED = Duration.ofHours(1);
  private static final Duration PAUSE = Duration.ofMinutes(1);
  private static final Duration PAUSE_MOST = Duration.ofHours(1);
  private static final int CHAIN = 2;

  private final VendorHttp http;
  private final InstantSource clock;
  private final Map<String, Shared> shared = new ConcurrentHashMap<>();
  private volatile Instant quietUntil = Instant.MIN;

  /// What all keys of a product and kind have in common.
  private record Shared(Bytes signingKey, Bytes revocations, Instant until) {}

  /// @param base `https://host[:port]`; http for this machine only
  /// @param tunnels to a fixed list of hosts; nothing where no egress proxy is named
  /// @throws IllegalArgumentException if it is anything else, or there is no way to it
  public AmdService(
      URI base, Function<Set<String>, Optional<ServiceTunnel>> tunnels, InstantSource clock) {
    this.http = new VendorHttp("attestation.kds.url", base, tunnels);
    this.clock = clock;
  }

  /// @param endorsementKey its certificate, where it is known: a VLEK's must be, since AMD gives it
  ///   to the provider alone
  Collateral.Snp collateral(ChipIdentity chip, Optional<Bytes> endorsementKey)
      throws CollateralUnavailable {
    Shared common = shared(kind(chip) + "/v1/" + chip.product());
    Bytes key = endorsementKey.isPresent() ? endorsementKey.get() : endorsementKey(chip);
    return new Collateral.Snp(key, common.signingKey(), Optional.of(common.revocations()));
  }

  static String kind(ChipIdentity chip) {
    return chip.signingKey().name().toLowerCase(Locale.ROOT);
  }

  private Bytes endorsementKey(ChipIdentity chip) throws CollateralUnavailable {
    if (chip.signingKey() == SigningKey.VLEK) {
      throw new CollateralUnavailable(
          "the report is signed by a provider's key: the host's certificate table must have it");
    }
    if (chip.hardwareId().isZero()) {
      throw new CollateralUnavailable(
          "the host masks the chip's id, so that nobody can ask AMD for its key");
    }
    return get(
        "/vcek/v1/%s/%s?%s".formatted(chip.product(), chip.hardwareId().hex(), query(chip.tcb())));
  }

  private static String query(TcbParts tcb) {
    String rest =
        "blSPL=%d&teeSPL=%d&snpSPL=%d&ucodeSPL=%d"
            .formatted(tcb.bootLoader(), tcb.tee(), tcb.snp(), tcb.microcode());
    return tcb.firmwareManagement().isPresent()
        ? "fmcSPL=%d&%s".formatted(tcb.firmwareManagement().getAsInt(), rest)
        : rest;
  }

  private Shared shared(String place) throws CollateralUnavailable {
    Instant now = clock.instant();
    Shared known = shared.get(place);
    if (known != null && now.isBefore(known.until())) {
      return known;
    }
    var fresh =
        new Shared(
            signingKey(get("/" + place + "/cert_chain")),
            get("/" + place + "/crl"),
            now.plus(SHARED));
    shared.put(place, fresh);
    return fresh;
  }

  /// The service gives AMD's signing key and its root; the root counts as it is configured here.
  private static Bytes signingKey(Bytes pem) throws CollateralUnavailable {
    try {
      List<Bytes> chain = Pem.certificates(pem);
      if (chain.size() != CHAIN) {
        throw new CollateralUnavailable("a chain of %d certificates".formatted(chain.size()));
      }
      return chain.getFirst();
    } catch (Malformed e) {
      throw new CollateralUnavailable("a chain that is none: " + e.getMessage(), e);
    }
  }

  private Bytes get(String path) throws CollateralUnavailable {
    Instant now = clock.instant();
    if (now.isBefore(quietUntil)) {
      throw new CollateralUnavailable("AMD's service wants to be left alone until " + quietUntil);
    }
    ServiceAnswer answer = http.get(path);
    if (answer.status() == 429) {
      quietUntil = now.plus(pause(answer));
    }
    if (answer.status() != 200) {
      throw new CollateralUnavailable(
          "GET %s answers %s".formatted(http.address(path), answer.status()));
    }
    return Bytes.copyOf(answer.body());
  }

  private static Duration pause(ServiceAnswer answer) {
    String after = answer.headers().getOrDefault("retry-after", "");
    Duration asked = after.matches("\\d{1,6}") ? Duration.ofSeconds(Long.parseLong(after)) : PAUSE;
    return asked.compareTo(PAUSE_MOST) > 0 ? PAUSE_MOST : asked;
  }

  @Override
  public void close() {
    http.close();
  }
}
