package ai.rails.standin.s3;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import ai.rails.standin.Request;

/// Signature Version 4 as S3 verifies it: the canonical request is made again from what arrived.
final class SignatureCheck {
  private static final Pattern AUTHORIZATION =
      Pattern.compile(
          "AWS4-HMAC-SHA256 Credential=([^/]+)/([0-9]{8})/([^/]+)/([^/]+)/aws4_request, *"
              + "SignedHeaders=([a-z0-9;-]+), *Signature=([0-9a-f]{64})");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final Duration SKEW = Duration.ofMinutes(15);
  private static final String HASH = "x-amz-content-sha256";
  private static final String UNSIGNED = "UNSIGNED-PAYLOAD";

  private final String accessKeyId;
  private final String secretAccessKey;
  private final String region;
  private final InstantSource clock;

  SignatureCheck(String accessKeyId, String secretAccessKey, String region, InstantSource clock) {
    this.accessKeyId = accessKeyId;
    this.secretAccessKey = secretAccessKey;
    this.region = region;
    this.clock = clock;
  }

  /// @throws S3Error saying what S3 would say
  void require(Request request) {
    Matcher given = AUTHORIZATION.matcher(header(request, "authorization"));
    if (header(request, "authorization").isEmpty()) {
      throw new S3Error(403, "AccessDenied", "Access Denied");
    }
    if (!given.matches()) {
      throw new S3Error(400, "AuthorizationHeaderMalformed", "The header is malformed.");
    }
    if (!given.group(1).equals(accessKeyId)) {
      throw new S3Error(403, "InvalidAccessKeyId", "The access key Id does not exist.");
    }
    String time = header(request, "x-amz-date");
    requireTime(time, given.group(2));
    if (!given.group(3).equals(region) || !given.group(4).equals("s3")) {
      throw new S3Error(
          400, "AuthorizationHeaderMalformed", "the region is wrong; expecting " + region);
    }
    List<String> signed = List.of(given.group(5).split(";"));
    requireHeaders(request, signed);
    requirePayload(request);
    String scope = "%s/%s/s3/aws4_request".formatted(given.group(2), region);
    String text =
        "AWS4-HMAC-SHA256\n%s\n%s\n%s"
            .formatted(time, scope, sha256(bytes(canonical(request, signed))));
    byte[] key = bytes("AWS4" + secretAccessKey);
    for (String each : List.of(given.group(2), region, "s3", "aws4_request", text)) {
      key = hmac(key, each);
    }
    if (!MessageDigest.isEqual(key, HexFormat.of().parseHex(given.group(6)))) {
      throw new S3Error(
          403,
          "SignatureDoesNotMatch",
          "The request signature we calculated does not match the signature you provided.");
    }
  }

  private void requireTime(String time, String date) {
    try {
      Instant at = TIME.parse(time, Instant::from);
      if (!time.startsWith(date)) {
        throw new S3Error(403, "SignatureDoesNotMatch", "Date in Credential scope does not match");
      }
      if (Duration.between(at, clock.instant()).abs().compareTo(SKEW) > 0) {
        throw new S3Error(
            403, "RequestTimeTooSkewed", "The difference between the times is too large.");
      }
    } catch (DateTimeException _) {
      throw new S3Error(403, "AccessDenied", "AWS authentication requires a valid Date header");
    }
  }

  private static void requireHeaders(Request request, List<String> signed) {
    List<String> sorted = new ArrayList<>(signed);
    Collections.sort(sorted);
    boolean whole =
        request.headers().keySet().stream()
            .filter(each -> each.startsWith("x-amz-") || each.equals("host"))
            .allMatch(signed::contains);
    if (!whole || !sorted.equals(signed) || !request.headers().keySet().containsAll(signed)) {
      throw new S3Error(
          403, "AccessDenied", "There were headers present in the request which were not signed");
    }
  }

  private static void requirePayload(Request request) {
    String hash = header(request, HASH);
    if (hash.isEmpty()) {
      throw new S3Error(400, "MissingSecurityHeader", "Missing required header: " + HASH);
    }
    if (hash.equals(UNSIGNED)) {
      return;
    }
    if (!hash.matches("[0-9a-f]{64}")) {
      throw new S3Error(501, "NotImplemented", "signed chunks are not served here");
    }
    if (!hash.equals(sha256(request.content()))) {
      throw new S3Error(
          400,
          "XAmzContentSHA256Mismatch",
          "The provided 'x-amz-content-sha256' header does not match what was computed.");
    }
  }

  private static String canonical(Request request, List<String> signed) {
    StringBuilder text = new StringBuilder();
    text.append(request.method()).append('\n');
    text.append(encoded(request.path(), true)).append('\n');
    text.append(query(request.rawQuery())).append('\n');
    for (String each : signed) {
      String value = header(request, each).strip().replaceAll(" +", " ");
      text.append(each).append(':').append(value).append('\n');
    }
    return text.append('\n')
        .append(String.join(";", signed))
        .append('\n')
        .append(header(request, HASH))
        .toString();
  }

  private static String query(String raw) {
    if (raw.isEmpty()) {
      return "";
    }
    String[] members =
        Arrays.stream(raw.split("&"))
            .map(each -> each.split("=", 2))
            .map(each ->
                encoded(decoded(each[0]), false)
                    + "="
                    + (each.length == 1 ? "" : encoded(decoded(each[1]), false)))
            .toArray(String[]::new);
    Arrays.sort(members);
    return String.join("&", members);
  }

  static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static String encoded(String text, boolean isPath) {
    StringBuilder all = new StringBuilder();
    for (byte each : bytes(text)) {
      char c = (char) (each & 0xff);
      boolean plain =
          (c < 0x80 && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0))
              || (isPath && c == '/');
      all.append(plain ? String.valueOf(c) : String.format(Locale.ROOT, "%%%02X", (int) c));
    }
    return all.toString();
  }

  private static String header(Request request, String name) {
    return request.header(name).orElse("");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(digest("SHA-256", bytes));
  }

  static byte[] digest(String algorithm, byte[] bytes) {
    try {
      return MessageDigest.getInstance(algorithm).digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(bytes(text));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
