package ai.rails.platform.timestamp;

import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.random.RandomGenerator;

import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponse;

import ai.rails.platform.witness.Way;

/// Any time stamp authority, by its address. Sends a hash and a nonce, nothing else. Thread-safe.
public final class HttpAuthority implements TimestampAuthority {
  private static final Duration WAIT = Duration.ofSeconds(20);
  private static final int NONCE_BITS = 64;
  private static final int OK = 200;

  private final URI address;
  private final Way way;
  private final RandomGenerator random;

  /// @param way to the authority; owned by the caller
  public HttpAuthority(URI address, Way way, RandomGenerator random) {
    this.address = address;
    this.way = way;
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
    Way.Reply reply = way.send("POST", address, AuthorityServer.QUERY, request, WAIT);
    if (reply.status() != OK) {
      throw new IOException(
          "the time stamp authority %s answered %d".formatted(address, reply.status()));
    }
    return reply.body();
  }

  private static byte[] sha256(byte[] data) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(data);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }
}
