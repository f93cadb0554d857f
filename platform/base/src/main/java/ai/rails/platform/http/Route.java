package ai.rails.platform.http;

/// One endpoint, as data: what serves it is also what documents and tests it.
///
/// @param path template with `{name}` parts; the part `{tenant}` must be the principal's own tenant
/// @param maxBodyBytes larger bodies are answered with 413
public record Route(
    String method, String path, Label label, Access access, Handler handler, int maxBodyBytes) {
  /// Largest body of a route that names no other limit.
  public static final int MAX_BODY_BYTES = 1 << 20;

  public Route(String method, String path, Label label, Access access, Handler handler) {
    this(method, path, label, access, handler, MAX_BODY_BYTES);
  }

  /// The same route with another limit.
  public Route limit(int bytes) {
    return new Route(method, path, label, access, handler, bytes);
  }

  /// Method and template, for example `POST /v1/runs`.
  public String name() {
    return method + " " + path;
  }
}
