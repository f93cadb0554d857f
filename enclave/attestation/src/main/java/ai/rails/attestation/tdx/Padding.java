package ai.rails.attestation.tdx;

import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Malformed;

/// The kernel hands a quote over in a buffer; what follows the quote is neither signed nor meant.
public final class Padding {
  private Padding() {}

  /// The quote alone.
  ///
  /// @throws Malformed when there is no TDX quote at the beginning
  public static Bytes removed(Bytes buffer) throws Malformed {
    return Quote.of(buffer).whole();
  }
}
