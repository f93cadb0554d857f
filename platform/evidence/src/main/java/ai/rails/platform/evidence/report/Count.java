package ai.rails.platform.evidence.report;

/// Numbers with their nouns.
final class Count {
  private Count() {}

  static String of(long number, String one, String many) {
    return (number == 0 ? "no" : Long.toString(number)) + " " + (number == 1 ? one : many);
  }
}
