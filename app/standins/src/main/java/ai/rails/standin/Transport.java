package ai.rails.standin;

import java.net.http.HttpClient;
import java.time.Duration;
import javax.net.ssl.SSLContext;

/// How a stand-in is reached, and how it reaches the product when it calls back.
public sealed interface Transport {
  /// TLS: the context's key serves, its trust anchors verify the product.
  record Tls(SSLContext context) implements Transport {}

  /// Clear text, for unit tests.
  record Plain() implements Transport {}

  default HttpClient client() {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5));
    return switch (this) {
      case Tls tls -> builder.sslContext(tls.context()).build();
      case Plain _ -> builder.build();
    };
  }
}
