package ai.rails.app.embedded;

import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;

/// A certificate with its key, in memory and as files: PEM (chain, key) and PKCS#12.
public record IssuedCertificate(
    X509Certificate certificate, PrivateKey key, Path chainPem, Path keyPem, Path pkcs12) {}
