package ai.rails.standin;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

import static java.nio.charset.StandardCharsets.UTF_8;

/// `application/x-www-form-urlencoded`, both ways; of a repeated member the first counts.
public final class Form {
  private Form() {}

  public static Map<String, String> decode(String encoded) {
    Map<String, String> members = new LinkedHashMap<>();
    for (String pair : encoded.split("&", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        members.putIfAbsent(unescape(name), equals < 0 ? "" : unescape(pair.substring(equals + 1)));
      }
    }
    return Collections.unmodifiableMap(members);
  }

  public static String encode(Map<String, String> members) {
    return members.entrySet().stream()
        .map(member -> escape(member.getKey()) + "=" + escape(member.getValue()))
        .collect(Collectors.joining("&"));
  }

  public static String escape(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  private static String unescape(String text) {
    try {
      return URLDecoder.decode(text, UTF_8);
    } catch (IllegalArgumentException e) {
      throw new MalformedRequest("'" + text + "' is not percent-encoded");
    }
  }
}
