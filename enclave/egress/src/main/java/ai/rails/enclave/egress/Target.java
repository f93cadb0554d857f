package ai.rails.enclave.egress;

import java.util.regex.Pattern;

import ai.rails.enclave.egress.Refusal.RefusedException;

/// An exact DNS name and a port.
///
/// The form is narrower than DNS, so that no parser on the way can read an address into it: lower
/// case letters, digits and hyphens, at least two labels, the last one beginning with a letter, no
/// trailing dot, no user information, no brackets.
record Target(String host, int port) {
  private static final int MAX_HOST = 253;
  private static final Pattern HOST =
      Pattern.compile(
          "(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])");
  private static final Pattern PORT = Pattern.compile("[1-9][0-9]{0,4}");
  private static final int MAX_PORT = 65_535;

  /// Reads `host:port`.
  ///
  /// @throws RefusedException with [Refusal#TARGET_FORM]
  static Target parse(String text) throws RefusedException {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      throw new RefusedException(Refusal.TARGET_FORM);
    }
    String host = text.substring(0, colon);
    String port = text.substring(colon + 1);
    if (!isName(host) || !PORT.matcher(port).matches() || Integer.parseInt(port) > MAX_PORT) {
      throw new RefusedException(Refusal.TARGET_FORM);
    }
    return new Target(host, Integer.parseInt(port));
  }

  private static boolean isName(String host) {
    return host.length() <= MAX_HOST && HOST.matcher(host).matches();
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
