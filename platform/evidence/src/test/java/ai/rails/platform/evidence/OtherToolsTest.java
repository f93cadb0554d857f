package ai.rails.platform.evidence;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import gov.loc.repository.bagit.domain.Bag;
import gov.loc.repository.bagit.reader.BagReader;
import gov.loc.repository.bagit.verify.BagVerifier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.checkpoint.VerifierKey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// What tools say of a bundle that we did not write; the commands are those of docs/verify.md.
@Tag("slow")
final class OtherToolsTest {
  private static final String EXTERNAL = "airails.external";

  @TempDir private static Path directory;

  private static Path bag = Path.of("");
  private static Path trust = Path.of("");
  private static String logKey = "";

  @BeforeAll
  static void aBundle() throws Exception {
    Bench bench = SampleBundle.write(directory, 40, 400);
    bag = unpacked(Files.readAllBytes(directory.resolve("bundle.zip")), directory);
    trust = directory.resolve("trust");
    logKey = bench.log().logKey.verifier().toString();
  }

  private static Path unpacked(byte[] zip, Path into) throws IOException {
    Opened opened = Opened.of(zip);
    Path root = into.resolve(opened.directory());
    for (Map.Entry<String, byte[]> file : opened.files().entrySet()) {
      Path path = root.resolve(file.getKey());
      Files.createDirectories(Objects.requireNonNull(path.getParent()));
      Files.write(path, file.getValue());
    }
    return root;
  }

  private static Ended run(Path where, String... command) throws Exception {
    Process process =
        new ProcessBuilder(command).directory(where.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), output);
  }

  private record Ended(int code, String output) {}

  private static void assumeTool(String name) {
    boolean found =
        Stream.of(Objects.requireNonNullElse(System.getenv("PATH"), "").split(":"))
            .anyMatch(path -> Files.isExecutable(Path.of(path, name)));
    assumeTrue(found, name + " is not installed");
  }

  private static Path source(String name) {
    return Path.of("src", "test").toAbsolutePath().resolve(name);
  }

  @Test
  void sha256sumFindsEveryFile() throws Exception {
    assumeTool("sha256sum");

    Ended ended = run(bag, "sha256sum", "-c", "--strict", BagNames.MANIFEST, BagNames.TAG_MANIFEST);

    assertThat(ended.code()).as(ended.output()).isZero();
    assertThat(ended.output().lines())
        .allMatch(line -> line.endsWith(": OK"))
        .hasSizeGreaterThan(80);
  }

  @Test
  void unzipFindsNothingWrong() throws Exception {
    assumeTool("unzip");

    Ended ended = run(directory, "unzip", "-tqq", "bundle.zip");

    assertThat(ended.code()).as(ended.output()).isZero();
  }

  @Test
  void aBagItValidatorFindsItCompleteAndValid() throws Exception {
    Bag read = new BagReader().read(bag);
    try (var verifier = new BagVerifier()) {
      verifier.isValid(read, false);
      Path extra = Files.writeString(bag.resolve("data").resolve("extra.txt"), "x");
      assertThatThrownBy(() -> verifier.isValid(read, false)).hasMessageContaining("extra.txt");
      Files.delete(extra);
    }
  }

  @Test
  void opensslVerifiesTheAttestation() throws Exception {
    assumeTool("openssl");
    SigstoreBundle signed =
        SigstoreBundle.parse(Files.readAllBytes(bag.resolve(BagNames.SIGSTORE)));
    Path message = Files.write(directory.resolve("pae"), Dsse.pae(Dsse.IN_TOTO, signed.payload()));
    Path signature = Files.write(directory.resolve("sig"), signed.signature());

    Ended ended =
        run(
            directory,
            "openssl",
            "dgst",
            "-sha256",
            "-verify",
            trust.resolve(Trust.EVIDENCE_FILE).toString(),
            "-signature",
            signature.toString(),
            message.toString());

    assertThat(ended.output()).contains("Verified OK");
  }

  @Test
  void opensslVerifiesTheTimeStamps() throws Exception {
    assumeTool("openssl");
    SigstoreBundle signed =
        SigstoreBundle.parse(Files.readAllBytes(bag.resolve(BagNames.SIGSTORE)));
    Path signature = Files.write(directory.resolve("stamped"), signed.signature());

    assertThat(stamped(bag.resolve(BagNames.CHECKPOINT), BagNames.CHECKPOINT_STAMP))
        .contains("Verification: OK");
    assertThat(stamped(signature, BagNames.EVIDENCE_STAMP)).contains("Verification: OK");
    assertThat(stamped(signature, BagNames.CHECKPOINT_STAMP)).contains("Verification: FAILED");
  }

  private static String stamped(Path data, String stamp) throws Exception {
    return run(
            directory,
            "openssl",
            "ts",
            "-verify",
            "-data",
            data.toString(),
            "-in",
            bag.resolve(stamp).toString(),
            "-CAfile",
            trust.resolve(Trust.STAMP_ROOT_FILE).toString(),
            "-untrusted",
            bag.resolve(BagNames.TRUST_STAMPS).toString(),
            "-attime",
            String.valueOf(Bench.STAMPED.getEpochSecond()))
        .output();
  }

  @Test
  void goFindsEveryEntryInTheLog() throws Exception {
    assumeTool("go");
    Path program = directory.resolve("check");
    Ended built = run(source("go"), "go", "build", "-o", program.toString(), ".");
    assumeTrue(built.code() == 0, "golang.org/x/mod cannot be fetched");

    Ended accepted = run(directory, program.toString(), bag.toString(), logKey);
    Ended refused =
        run(
            directory,
            program.toString(),
            bag.toString(),
            new NoteKey(SyntheticLog.ORIGIN.toString(), VerifierKey.Type.ED25519)
                .verifier()
                .toString());

    assertThat(accepted.code()).as(accepted.output()).isZero();
    assertThat(accepted.output()).contains("every entry is in the tree");
    assertThat(refused.code()).isNotZero();
  }

  @Test
  void sigstoresLibraryAcceptsTheAttestation() throws Exception {
    assumeTool("node");
    assumeTool("npm");
    Path modules = Files.createDirectories(Path.of("target", "node").toAbsolutePath());
    for (String name : List.of("package.json", "package-lock.json", "verify.mjs")) {
      Files.write(modules.resolve(name), Files.readAllBytes(source("node").resolve(name)));
    }
    if (!Files.isDirectory(modules.resolve("node_modules"))) {
      Ended installed = run(modules, "npm", "ci", "--no-audit", "--no-fund", "--prefer-offline");
      assumeTrue(installed.code() == 0, "@sigstore/verify cannot be fetched");
    }
    Path altered = directory.resolve("altered.json");
    String json = Files.readString(bag.resolve(BagNames.SIGSTORE));
    Files.writeString(altered, json.replaceFirst("(\"payload\":\"eyJ.)", "$1A"));

    String key = trust.resolve(Trust.EVIDENCE_FILE).toString();
    Ended accepted =
        run(modules, "node", "verify.mjs", bag.resolve(BagNames.SIGSTORE).toString(), key);
    Ended refused = run(modules, "node", "verify.mjs", altered.toString(), key);

    assertThat(accepted.output()).contains("accepted");
    assertThat(refused.code()).isNotZero();
  }

  /// A key and what `ssh-keygen -i -m PKCS8 -f KEY | ssh-keygen -lf -` says of it: cosign takes no
  /// signature whose key is named otherwise.
  @Test
  void keyIsNamedByItsOpenSshFingerprint() {
    String pem =
        """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEs2fE03w7Vj3j+BJsfnCNimcbxKZM
        tZeHIy5gyutAZus6aBP4sc8UiHoYoL4QUyIV8p7AdGcKXf/DUpk3paY7+A==
        -----END PUBLIC KEY-----
        """;

    assertThat(PublicKeys.id(PublicKeys.parse(pem).getFirst()))
        .isEqualTo("SHA256:nt2o8AaTlVn5bUXWK9z7E2xW4A+NUanR82zg8Dk9o1Y");
  }

  @Test
  void cosignVerifiesTheAttestation() throws Exception {
    assumeTrue(Boolean.getBoolean(EXTERNAL), "cosign: rails test --external");
    Path cosign = externalTool("cosign");
    List<String> command =
        new ArrayList<>(
            List.of(
                cosign.toString(),
                "verify-blob-attestation",
                "--key",
                trust.resolve(Trust.EVIDENCE_FILE).toString(),
                "--insecure-ignore-tlog",
                "--type",
                Statement.PREDICATE_TYPE,
                "--bundle",
                bag.resolve(BagNames.SIGSTORE).toString()));
    command.add(bag.resolve(BagNames.TAG_MANIFEST).toString());

    Ended accepted = run(directory, command.toArray(String[]::new));
    Path other = Files.writeString(directory.resolve("other"), "other");
    command.set(command.size() - 1, other.toString());
    Ended refused = run(directory, command.toArray(String[]::new));

    assertThat(accepted.code()).as(accepted.output()).isZero();
    assertThat(refused.code()).isNotZero();
  }

  @Test
  void tesseraRecomputesAWholeLog() throws Exception {
    assumeTrue(Boolean.getBoolean(EXTERNAL), "tessera fsck: rails test --external");
    Path fsck = externalTool("fsck");
    var log = new SyntheticLog();
    for (int run = 1; run <= 300; run++) {
      log.whole(run, 2);
    }
    Path into = Files.createDirectories(directory.resolve("whole"));
    Bench bench = Bench.over(log, into);
    SyntheticLog.Source all = log.source(new Scope.OfWorkspace("acme", "ops"), log.entries.size());
    Path files = unpacked(bench.write(all), into).resolve("data/ledger/log");
    Path key = Files.writeString(into.resolve("log.vkey"), log.logKey.verifier() + "\n");

    Ended ended =
        run(
            directory,
            fsck.toString(),
            "--storage_url=file://" + files + "/",
            "--public_key=" + key,
            "--origin=" + SyntheticLog.ORIGIN,
            "--ui=false");

    assertThat(ended.code()).as(ended.output()).isZero();
  }

  private static Path externalTool(String name) {
    Path tool = Path.of("..", "..", ".tools", "bin", name).toAbsolutePath().normalize();
    assumeTrue(Files.isExecutable(tool), name + " is not in .tools/bin");
    return tool;
  }
}
