package ai.rails.command.collateral;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.format.Bytes;
import ai.rails.platform.egress.ServiceAnswer;
import ai.rails.platform.egress.ServiceTunnel;

/// Intel's provisioning certification service, version 4, or a cache of it (PCCS). Thread-safe.
public final class IntelService implements AutoCloseable {
  private static final String SGX = "/sgx/certification/v4/";
  private static final String TDX = "/tdx/certification/v4/";

  private final VendorHttp http;

  /// Which of Intel's two CAs issued a PCK certificate.
  enum Issuer {
    PLATFORM,
    PROCESSOR
  }

  /// @param base `https://host[:port]`; http for this machine only
  /// @param tunnels to a fixed list of hosts; nothing where no egress proxy is named
  /// @throws IllegalArgumentException if it is anything else, or there is no way to it
  public IntelService(URI base, Function<Set<String>, Optional<ServiceTunnel>> tunnels) {
    this.http = new VendorHttp("attestation.pccs.url", base, tunnels);
  }

  private record Answer(Bytes body, Map<String, String> headers) {
    /// Chains come as a header, URL-encoded.
    Bytes chain(String header) throws CollateralUnavailable {
      String encoded =
          Optional.ofNullable(headers.get(header.toLowerCase(Locale.ROOT)))
              .orElseThrow(() -> new CollateralUnavailable("an answer without " + header));
      String pem = URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
      return Bytes.copyOf(pem.getBytes(StandardCharsets.US_ASCII));
    }
  }

  /// @param fmspc 12 hex digits
  /// @param update `standard`, or `early` for what will be standard next
  Collateral.Tdx collateral(String fmspc, Issuer issuer, String update)
      throws CollateralUnavailable {
    Answer info = get(TDX + "tcb?fmspc=%s&update=%s".formatted(fmspc, update));
    Answer identity = get(TDX + "qe/identity?update=" + update);
    String ca = issuer.name().toLowerCase(Locale.ROOT);
    return new Collateral.Tdx(
        info.body(),
        info.chain("TCB-Info-Issuer-Chain"),
        identity.body(),
        identity.chain("SGX-Enclave-Identity-Issuer-Chain"),
        der(get(SGX + "pckcrl?ca=%s&encoding=der".formatted(ca)).body()),
        der(get(SGX + "rootcacrl").body()));
  }

  private Answer get(String path) throws CollateralUnavailable {
    ServiceAnswer answer = http.get(path);
    if (answer.status() != 200) {
      throw new CollateralUnavailable(
          "GET %s answers %s".formatted(http.address(path), answer.status()));
    }
    return new Answer(Bytes.copyOf(answer.body()), answer.headers());
  }

  /// A PCCS gives revocation lists as hex, Intel's own service as bytes.
  private static Bytes der(Bytes body) throws CollateralUnavailable {
    if (body.length() > 0 && body.at(0) == 0x30 && body.length() > 1 && body.at(1) >= 0x80) {
      return body;
    }
    try {
      return Bytes.copyOf(
          HexFormat.of().parseHex(new String(body.toArray(), StandardCharsets.US_ASCII).strip()));
    } catch (IllegalArgumentException e) {
      throw new CollateralUnavailable("a revocation list that is neither DER nor hex", e);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
