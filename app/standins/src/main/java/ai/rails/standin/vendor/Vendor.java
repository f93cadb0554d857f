package ai.rails.standin.vendor;

import java.util.List;

import ai.rails.standin.Response;

/// A vendor's part of a [VendorStandIn]. What it did is in the journal and nowhere else. Called
/// under the stand-in's lock.
public interface Vendor {
  /// All that it takes; anything else is missing.
  List<Endpoint> endpoints();

  /// No, in the vendor's own form.
  Response refused(Refusal refusal);
}
