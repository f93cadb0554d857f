package ai.rails.enclave.gateway;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A request, ready to be sent. Its headers may hold a secret; it has no text form.
final class Outbound {
  private static final Pattern TARGET = Pattern.compile("/[\\x21-\\x7e]*");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9-]{1,64}");
  private static final Pattern VALUE = Pattern.compile("[\\x20-\\x7e]{1,4096}");
  private static final int HTTPS = 443;

  /// A body and its media type.
  static final class Body {
    private final String mediaType;
    private final byte[] bytes;

    Body(String mediaType, byte[] bytes) {
      this.mediaType = mediaType;
      this.bytes = bytes;
    }
  }

  private final String method;
  private final String host;
  private final int port;
  private final String target;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private final Optional<Body> body;
  private Optional<Login> login = Optional.empty();

  /// Who asks a mail server; it has no text form.
  static final class Login {
    private final String user;
    private final String password;

    Login(String user, String password) {
      this.user = user;
      this.password = password;
    }

    String user() {
      return user;
    }

    String password() {
      return password;
    }
  }

  /// @throws IllegalArgumentException if a part would break the request's form
  Outbound(String method, String host, int port, String target, Optional<Body> body) {
    if (!TARGET.matcher(target).matches()) {
      throw new IllegalArgumentException("a request target is printable ASCII");
    }
    this.method = method;
    this.host = host;
    this.port = port;
    this.target = target;
    this.body = body;
    if (!body.map(each -> VALUE.matcher(each.mediaType).matches()).orElse(true)) {
      throw new IllegalArgumentException("a media type is printable ASCII");
    }
  }

  /// @throws IllegalArgumentException if a part would break the request's form
  Outbound header(String name, String value) {
    if (!NAME.matcher(name).matches() || !VALUE.matcher(value).matches()) {
      throw new IllegalArgumentException("header %s is not printable ASCII".formatted(name));
    }
    headers.put(name, value);
    return this;
  }

  Outbound login(Login as) {
    login = Optional.of(as);
    return this;
  }

  Optional<Login> login() {
    return login;
  }

  String method() {
    return method;
  }

  /// Path and query.
  String target() {
    return target;
  }

  /// As they were added.
  Map<String, String> headers() {
    return Collections.unmodifiableMap(headers);
  }

  Optional<String> mediaType() {
    return body.map(each -> each.mediaType);
  }

  byte[] body() {
    return body.map(each -> each.bytes.clone()).orElseGet(() -> new byte[0]);
  }

  /// The value of the header `Host`.
  String authority() {
    return port == HTTPS ? host : host + ":" + port;
  }

  String host() {
    return host;
  }

  int port() {
    return port;
  }

  byte[] bytes() {
    StringBuilder head = new StringBuilder(512);
    head.append(method).append(' ').append(target).append(" HTTP/1.1\r\n");
    line(head, "Host", authority());
    line(head, "User-Agent", "airails/1");
    line(head, "Accept-Encoding", "identity");
    line(head, "Connection", "close");
    headers.forEach((name, value) -> line(head, name, value));
    body.ifPresent(each -> {
      line(head, "Content-Type", each.mediaType);
      line(head, "Content-Length", Integer.toString(each.bytes.length));
    });
    head.append("\r\n");
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(head.toString().getBytes(StandardCharsets.US_ASCII));
    body.ifPresent(each -> all.writeBytes(each.bytes));
    return all.toByteArray();
  }

  private static void line(StringBuilder head, String name, String value) {
    head.append(name).append(": ").append(value).append("\r\n");
  }
}
