package ai.rails.enclave.release;

/// What shows that this process is what it claims to be.
public interface Evidence {
  /// For example `TDX`, or `DEVELOPMENT` where nothing is proved.
  String kind();

  /// Evidence that binds a nonce and a public key to this process, base64.
  ///
  /// @param nonce base64, from the control plane
  /// @param hpkePublicKey Tink public keyset, base64
  String of(String nonce, String hpkePublicKey);
}
