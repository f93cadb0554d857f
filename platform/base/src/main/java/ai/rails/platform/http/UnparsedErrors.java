package ai.rails.platform.http;

import java.nio.ByteBuffer;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request.Handler;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// Answers what never reached a route because it is no acceptable HTTP, as a problem without any of
/// what was sent.
final class UnparsedErrors implements Handler {
  @Override
  public boolean handle(
      org.eclipse.jetty.server.Request request, Response response, Callback callback) {
    int status = response.getStatus() < 400 ? 500 : response.getStatus();
    Problem problem =
        status >= 500
            ? new Problem(status, "INTERNAL", "the request could not be served")
            : new Problem(status, "MALFORMED", "the request is not acceptable HTTP");
    if (problem.answer("urn:airails:unrouted").body() instanceof Answer.Body.Bytes(byte[] bytes)) {
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.CONTENT_TYPE);
      response.write(true, ByteBuffer.wrap(bytes), callback);
      return true;
    }
    throw new IllegalStateException("a problem is always bytes");
  }
}
