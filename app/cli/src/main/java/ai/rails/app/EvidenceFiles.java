package ai.rails.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.Map;
import java.util.TreeMap;

import ai.rails.app.embedded.PrivateFile;
import ai.rails.app.embedded.Unavailable;
import ai.rails.platform.evidence.EvidenceKey;
import ai.rails.platform.evidence.Trust;

/// The key that signs bundles, and the directory that tells an auditor whom to believe: what `rails
/// evidence verify --trust` reads. The key is made at the first start.
final class EvidenceFiles {
  private final Path root;

  /// @param root the data directory
  EvidenceFiles(Path root) {
    this.root = root;
  }

  Path keyFile() {
    return root.resolve("evidence").resolve("key.pem");
  }

  Path trust() {
    return root.resolve("trust");
  }

  Path publicKeyFile() {
    return trust().resolve(Trust.EVIDENCE_FILE);
  }

  /// Where bundles are made; nothing in it outlives a start.
  Path scratch() {
    return root.resolve("evidence").resolve("scratch");
  }

  /// What the components are told.
  Map<String, String> properties() {
    var values = new TreeMap<String, String>();
    values.put("evidence.key.file", keyFile().toString());
    values.put("evidence.pub.file", publicKeyFile().toString());
    values.put("evidence.scratch.dir", scratch().toString());
    values.put("evidence.trust.dir", trust().toString());
    return values;
  }

  /// Makes the key if there is none, and the files that follow from it.
  void ensure(SecureRandom random) {
    if (Files.notExists(keyFile())) {
      PrivateFile.write(keyFile(), EvidenceKey.generate(random).pem());
    }
    PrivateFile.directory(scratch());
    PrivateFile.write(publicKeyFile(), publicPart(key(keyFile()).pem()));
  }

  /// The file has both keys, the public one last.
  private static String publicPart(String pem) {
    return pem.substring(pem.indexOf("-----BEGIN PUBLIC KEY-----"));
  }

  /// Puts a copy of a file into the trust directory, if there is one.
  ///
  /// @param name that verifiers look for
  void trust(Path file, String name) {
    try {
      if (Files.exists(file)) {
        Files.copy(file, trust().resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot copy %s into %s".formatted(file, trust()), e);
    }
  }

  /// @throws Unavailable if it can not be read
  static EvidenceKey key(Path file) {
    try {
      return EvidenceKey.parse(Files.readString(file, StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new Unavailable("the evidence key %s can not be read".formatted(file), e);
    }
  }
}
