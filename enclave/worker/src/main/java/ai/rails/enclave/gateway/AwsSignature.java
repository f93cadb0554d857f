package ai.rails.enclave.gateway;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// AWS Signature Version 4, as headers. S3 has rules of its own: its paths are encoded once, and
/// the body's hash is a header too.
///
/// @param sessionToken of temporary keys
record AwsSignature(
    String accessKeyId,
    String secretAccessKey,
    Optional<String> sessionToken,
    String region,
    String service) {
  private static final String ALGORITHM = "AWS4-HMAC-SHA256";
  private static final String S3 = "s3";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int DATE = 8;

  /// Adds the headers that authenticate a request at a time, which is close to now.
  Outbound sign(Outbound request, Instant at) {
    String time = TIME.format(at);
    String hash = Macs.sha256(request.body());
    request.header("x-amz-date", time);
    sessionToken.ifPresent(each -> request.header("x-amz-security-token", each));
    if (service.equals(S3)) {
      request.header("x-amz-content-sha256", hash);
    }
    SortedMap<String, String> headers = signed(request);
    String names = String.join(";", headers.keySet());
    String canonical =
        request.method()
            + "\n"
            + path(request.target())
            + "\n"
            + query(request.target())
            + "\n"
            + headers.entrySet().stream()
                .map(each -> each.getKey() + ":" + each.getValue() + "\n")
                .collect(Collectors.joining())
            + "\n"
            + names
            + "\n"
            + hash;
    String scope = "%s/%s/%s/aws4_request".formatted(time.substring(0, DATE), region, service);
    String text =
        String.join(
            "\n", ALGORITHM, time, scope, Macs.sha256(canonical.getBytes(StandardCharsets.UTF_8)));
    return request.header(
        "Authorization",
        "%s Credential=%s/%s, SignedHeaders=%s, Signature=%s"
            .formatted(
                ALGORITHM,
                accessKeyId,
                scope,
                names,
                Macs.hex(Macs.hmac(key(time.substring(0, DATE)), text))));
  }

  private byte[] key(String date) {
    byte[] key = Macs.hmac(("AWS4" + secretAccessKey).getBytes(StandardCharsets.UTF_8), date);
    for (String each : List.of(region, service, "aws4_request")) {
      key = Macs.hmac(key, each);
    }
    return key;
  }

  private static SortedMap<String, String> signed(Outbound request) {
    SortedMap<String, String> headers = new TreeMap<>();
    headers.put("host", request.authority());
    request.mediaType().ifPresent(each -> headers.put("content-type", trimmed(each)));
    request
        .headers()
        .forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), trimmed(value)));
    return headers;
  }

  private static String trimmed(String value) {
    return value.strip().replaceAll(" +", " ");
  }

  private String path(String target) {
    String path = target.split("\\?", 2)[0];
    return Stream.of(path.split("/", -1))
        .map(each -> encoded(decoded(each)))
        .map(each -> service.equals(S3) ? each : encoded(each))
        .collect(Collectors.joining("/"));
  }

  private static String query(String target) {
    String[] parts = target.split("\\?", 2);
    if (parts.length == 1 || parts[1].isEmpty()) {
      return "";
    }
    List<Map.Entry<String, String>> members = new ArrayList<>();
    for (String each : parts[1].split("&", -1)) {
      String[] pair = each.split("=", 2);
      members.add(
          Map.entry(encoded(decoded(pair[0])), pair.length == 1 ? "" : encoded(decoded(pair[1]))));
    }
    members.sort(Map.Entry.<String, String>comparingByKey().thenComparing(Map.Entry::getValue));
    return members.stream()
        .map(each -> each.getKey() + "=" + each.getValue())
        .collect(Collectors.joining("&"));
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /// Everything but letters, digits and `-._~`.
  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }

  @Override
  public String toString() {
    return "AwsSignature[%s/%s]".formatted(region, service);
  }
}
