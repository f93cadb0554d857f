package ai.rails.platform.timestamp;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.random.RandomGenerator;

import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponse;

/// Any time stamp authority, by its address. Sends a hash and a nonce, nothing else. Thread-safe.
public final class HttpAuthority implements TimestampAuthority {
  private static final Duration WAIT = Duration.ofSeconds(20);
  private static final int NONCE_BITS = 64;
  private static final int OK = 200;

  private final URI address;
  private final HttpClient client;
  private final RandomGenerator random;

  /// @param client with the proxy that leads to the authority; owned by the caller
  public HttpAuthority(URI address, HttpClient client, RandomGenerator random) {
    this.address = address;
    this.client = client;
    this.random = random;
  }

  @Override
  public byte[] stamp(byte[] data) throws IOException {
    var generator = new TimeStampRequestGenerator();
    generator.setCertReq(true);
    byte[] nonce = new byte[NONCE_BITS / Byte.SIZE];
    random.nextBytes(nonce);
    TimeStampRequest request =
        generator.generate(TSPAlgorithms.SHA256, sha256(data), new BigInteger(1, nonce));
    byte[] reply = post(request.getEncoded());
    try {
      var response = new TimeStampResponse(reply);
      response.validate(request);
      if (response.getTimeStampToken() == null) {
        throw new IOException(
            "the time stamp authority %s declined: status %d"
                .formatted(address, response.getStatus()));
      }
      return reply;
    } catch (TSPException e) {
      throw new IOException(
          "the time stamp authority %s answered something else: %s"
              .formatted(address, e.getMessage()),
          e);
    }
  }

  private byte[] post(byte[] request) throws IOException {
    HttpRequest post =
        HttpRequest.newBuilder(address)
            .timeout(WAIT)
            .header("Content-Type", AuthorityServer.QUERY)
            .POST(HttpRequest.BodyPublishers.ofByteArray(request))
            .build();
    try {
      HttpResponse<InputStream> response =
          client.send(post, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        if (response.statusCode() != OK) {
          throw new IOException(
              "the time stamp authority %s answered %d".formatted(address, response.statusCode()));
        }
        byte[] reply = body.readNBytes(TimestampCheck.BYTES_MAX + 1);
        if (reply.length > TimestampCheck.BYTES_MAX) {
          throw new IOException(
              "the time stamp authority %s answered more than %d bytes"
                  .formatted(address, TimestampCheck.BYTES_MAX));
        }
        return reply;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("waiting for a time stamp was interrupted");
    }
  }

  private static byte[] sha256(byte[] data) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(data);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }
}
