package ai.rails.app.embedded;

import java.nio.file.Path;
import java.time.Duration;

/// Where SIEM subscribers reach the broker: TLS with a certificate of this installation's
/// authority, then SCRAM.
///
/// @param keyStore PKCS#12 with the broker's key and certificate
public record SiemListener(int port, Path keyStore, String keyStorePassword) {
  /// How long a connection is good for before its client must show its password again.
  static final Duration SESSION = Duration.ofMinutes(5);

  /// Without the password: records print their components otherwise.
  @Override
  public String toString() {
    return "SIEM listener at port " + port;
  }
}
