package ai.rails.command.policy;

import java.util.SortedMap;
import java.util.TreeMap;

import ai.rails.platform.opa.Bundles;

/// What could take effect.
sealed interface Candidate {
  /// SHA-256 of its content, as a bundle of it would have.
  String contentSha256();

  /// The bundle it would replace.
  String bundle();

  /// Other Rego and platform data, for every tenant.
  record Platform(SortedMap<String, byte[]> files) implements Candidate {
    public Platform {
      files = new TreeMap<>(files);
    }

    @Override
    public String contentSha256() {
      return BundleContent.platform(files).sha256();
    }

    @Override
    public String bundle() {
      return Bundles.PLATFORM;
    }
  }

  /// Other data of one tenant.
  ///
  /// @param data canonical JSON
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Tenant(String tenant, byte[] data) implements Candidate {
    @Override
    public String contentSha256() {
      return BundleContent.tenant(tenant, data).sha256();
    }

    @Override
    public String bundle() {
      return Bundles.ofTenant(tenant);
    }
  }
}
