package ai.rails.enclave.runner;

/// What a sealed package is bound to: each part with its length, so that no two lists are one text.
final class SealedContext {
  private SealedContext() {}

  static String of(String purpose, String... parts) {
    var text = new StringBuilder("airails|1|").append(purpose);
    for (String part : parts) {
      text.append('|').append(part.length()).append(':').append(part);
    }
    return text.toString();
  }
}
