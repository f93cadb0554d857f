package ai.rails.stream.siem;

/// What a reader of the feed may have to adapt to.
///
/// @param ocsf version of the schema
/// @param mapping counted up whenever an event is told differently
/// @param product version of the platform
record FeedVersion(String ocsf, String mapping, String product) {
  static final String OCSF = "1.8.0";

  /// Count up with every change of what a record says.
  static final String MAPPING = "1";

  static FeedVersion of(String product) {
    return new FeedVersion(OCSF, MAPPING, product);
  }

  @Override
  public String toString() {
    return "%s/%s/%s".formatted(ocsf, mapping, product);
  }
}
