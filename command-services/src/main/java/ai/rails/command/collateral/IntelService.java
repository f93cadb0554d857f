package ai.rails.command.collateral;

import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;

import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.format.Bytes;

/// Intel's provisioning certification service, version 4, or a cache of it (PCCS), over HTTP.
/// Thread-safe.
public final class IntelService implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration REQUEST = Duration.ofSeconds(20);
  private static final int BODY_BYTES_MAX = 1 << 20;
  private static final String SGX = "/sgx/certification/v4/";
  private static final String TDX = "/tdx/certification/v4/";

  private final HttpClient http;
  private final URI base;

  /// Which of Intel's two CAs issued a PCK certificate.
  enum Issuer {
    PLATFORM,
    PROCESSOR
  }

  /// @param base `https://host[:port]`; http for this machine only
  /// @throws IllegalArgumentException if it is anything else
  public IntelService(URI base) {
    boolean local = "127.0.0.1".equals(base.getHost()) || "localhost".equals(base.getHost());
    boolean fits =
        base.getHost() != null
            && ("https".equals(base.getScheme()) || ("http".equals(base.getScheme()) && local))
            && base.getUserInfo() == null
            && base.getQuery() == null;
    if (!fits) {
      throw new IllegalArgumentException(
          "attestation.pccs.url must be https://host, it is " + base);
    }
    this.base = base;
    this.http =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .build();
  }

  private record Answer(Bytes body, HttpResponse<byte[]> response) {
    /// Chains come as a header, URL-encoded.
    Bytes chain(String header) throws CollateralUnavailable {
      String encoded =
          response
              .headers()
              .firstValue(header)
              .orElseThrow(() -> new CollateralUnavailable("an answer without " + header));
      String pem = URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
      return Bytes.copyOf(pem.getBytes(StandardCharsets.US_ASCII));
    }
  }

  /// @param fmspc 12 hex digits
  Collateral.Tdx collateral(String fmspc, Issuer issuer) throws CollateralUnavailable {
    Answer info = get(TDX + "tcb?fmspc=%s&update=standard".formatted(fmspc));
    Answer identity = get(TDX + "qe/identity?update=standard");
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
    URI uri = URI.create(base.toString().replaceAll("/+$", "") + path);
    try {
      HttpResponse<byte[]> response =
          http.send(
              HttpRequest.newBuilder(uri).timeout(REQUEST).GET().build(),
              BodyHandlers.limiting(BodyHandlers.ofByteArray(), BODY_BYTES_MAX));
      if (response.statusCode() != 200) {
        throw new CollateralUnavailable("GET %s answers %d".formatted(uri, response.statusCode()));
      }
      return new Answer(Bytes.copyOf(response.body()), response);
    } catch (IOException e) {
      throw new CollateralUnavailable("GET %s: %s".formatted(uri, e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CollateralUnavailable("interrupted", e);
    }
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
    http.shutdownNow();
    http.close();
  }
}
