package ai.rails.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import ai.rails.app.embedded.PrivateFile;
import ai.rails.app.embedded.Unavailable;
import ai.rails.platform.evidence.EvidenceKey;
import ai.rails.platform.evidence.Trust;
import ai.rails.platform.timestamp.DevelopmentRoot;

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

  /// Key and certificates of the local time stamp authority.
  Path stamps() {
    return root.resolve("tsa");
  }

  /// What the components are told.
  ///
  /// @param stampPort where the local time stamp authority listens
  Map<String, String> properties(int stampPort) {
    var values = new TreeMap<String, String>();
    values.put("evidence.key.file", keyFile().toString());
    values.put("evidence.pub.file", publicKeyFile().toString());
    values.put("evidence.scratch.dir", scratch().toString());
    values.put("evidence.trust.dir", trust().toString());
    values.put("tsa.dir", stamps().toString());
    values.put("tsa.port", String.valueOf(stampPort));
    values.put("tsa.url", "http://127.0.0.1:%d/".formatted(stampPort));
    values.put("tsa.chain.file", stamps().resolve(DevelopmentRoot.CHAIN_FILE).toString());
    values.put("tsa.root.file", stamps().resolve(DevelopmentRoot.ROOT_FILE).toString());
    return values;
  }

  /// Makes the keys that are missing, and the files that follow from them.
  ///
  /// @param stampRoot of a time stamp authority that others run
  void ensure(SecureRandom random, Optional<Path> stampRoot) {
    if (Files.notExists(keyFile())) {
      PrivateFile.write(keyFile(), EvidenceKey.generate(random).pem());
    }
    PrivateFile.directory(scratch());
    PrivateFile.write(publicKeyFile(), publicPart(key(keyFile()).pem()));
    TimestampStage.ensure(stamps());
    copy(
        stampRoot.orElse(stamps().resolve(DevelopmentRoot.ROOT_FILE)),
        trust().resolve(Trust.STAMP_ROOT_FILE));
  }

  /// The file has both keys, the public one last.
  private static String publicPart(String pem) {
    return pem.substring(pem.indexOf("-----BEGIN PUBLIC KEY-----"));
  }

  private static void copy(Path from, Path to) {
    try {
      Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot copy %s to %s".formatted(from, to), e);
    }
  }

  /// @throws Unavailable if it can not be read
  static String publicKey(EvidenceKey key) {
    return publicPart(key.pem());
  }

  static EvidenceKey key(Path file) {
    try {
      return EvidenceKey.parse(Files.readString(file, StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new Unavailable("the evidence key %s can not be read".formatted(file), e);
    }
  }
}
