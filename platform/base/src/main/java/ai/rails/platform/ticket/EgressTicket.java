package ai.rails.platform.ticket;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Base64;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.crypto.tink.subtle.Ed25519Sign;
import com.google.crypto.tink.subtle.Ed25519Verify;

/// Leave to open one connection through one egress proxy: signed, short-lived, single use.
///
/// On the wire: base64url(JSON) `.` base64url(Ed25519 signature over the JSON bytes), without
/// padding.
///
/// @param jti unique; a proxy takes it once
/// @param proxyId the only proxy that takes it
/// @param epoch lease epoch; a proxy refuses an epoch below the highest it saw for the call
/// @param host exact DNS name
/// @param maxUp most bytes to the host
/// @param maxDown most bytes from the host
/// @param issuedAtMillis Unix milliseconds; a proxy refuses tickets older than its own start
/// @param notAfterMillis latest time to open the connection, at most 10 s after issue
/// @param closeAtMillis the connection is cut then, 5 s before the lease ends
public record EgressTicket(
    String jti,
    String proxyId,
    String tenant,
    String callId,
    long epoch,
    String host,
    int port,
    long maxUp,
    long maxDown,
    long issuedAtMillis,
    long notAfterMillis,
    long closeAtMillis) {
  /// Longest accepted wire form, in characters.
  public static final int MAX_LENGTH = 2_048;

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

  /// Signs this ticket.
  ///
  /// @throws GeneralSecurityException if the key can not sign
  public String sign(Ed25519Sign key) throws GeneralSecurityException {
    try {
      byte[] payload = JSON.writeValueAsBytes(this);
      return ENCODER.encodeToString(payload) + "." + ENCODER.encodeToString(key.sign(payload));
    } catch (IOException e) {
      throw new IllegalStateException("a ticket is always JSON", e);
    }
  }

  /// Checks the signature, and only then reads the ticket. The caller checks times, proxy and
  /// epoch.
  ///
  /// @throws GeneralSecurityException if the form or the signature is wrong
  public static EgressTicket verify(String wire, Ed25519Verify key)
      throws GeneralSecurityException {
    int dot = wire.indexOf('.');
    if (wire.length() > MAX_LENGTH || dot < 1 || dot != wire.lastIndexOf('.')) {
      throw new GeneralSecurityException("not a ticket");
    }
    try {
      byte[] payload = DECODER.decode(wire.substring(0, dot));
      key.verify(DECODER.decode(wire.substring(dot + 1)), payload);
      return JSON.readValue(payload, EgressTicket.class);
    } catch (IllegalArgumentException | IOException e) {
      throw new GeneralSecurityException("not a ticket", e);
    }
  }
}
