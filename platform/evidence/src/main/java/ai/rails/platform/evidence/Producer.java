package ai.rails.platform.evidence;

/// Who makes bundles; stands in the signed statement and in `bag-info.txt`.
///
/// @param organization whose installation it is
/// @param name of the software
/// @param version of the software
/// @param imageDigest of the image that it runs from, or what stands for it
public record Producer(String organization, String name, String version, String imageDigest) {
  private static final int LENGTH_MAX = 128;

  public Producer {
    requirePlain(organization);
    requirePlain(name);
    requirePlain(version);
    requirePlain(imageDigest);
  }

  private static void requirePlain(String text) {
    if (text.isBlank()
        || text.length() > LENGTH_MAX
        || !text.strip().equals(text)
        || !text.chars().allMatch(c -> c >= ' ' && c <= '~')) {
      throw new IllegalArgumentException(
          "a producer is described in 1 to %d printable ASCII characters".formatted(LENGTH_MAX));
    }
  }
}
