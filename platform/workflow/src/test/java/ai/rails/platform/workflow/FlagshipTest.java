package ai.rails.platform.workflow;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.crypto.tink.subtle.Ed25519Sign;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import ai.rails.domain.Refused;
import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FlagshipTest {
  private static final Path YAML =
      Path.of("../../enclave/connectors/src/main/resources/packs/itsm/itsm-triage.yaml");
  private static final ObjectMapper JSON = new ObjectMapper();

  private Compiled compiled;

  @BeforeEach
  void compile() throws IOException, WorkflowErrors {
    compiled =
        new WorkflowCompiler()
            .compile(
                "itsm-triage.yaml", Files.readString(YAML), new ManifestCatalogue(), "author-1");
  }

  @Test
  void compilesIntoItsSteps() {
    assertThat(compiled.workflow().steps())
        .extracting(Step::id)
        .containsExactly("fetch", "classify", "check", "approve", "write", "receipt");
    assertThat(compiled.workflow().author()).isEqualTo("author-1");
    assertThat(compiled.workflow().step("write").orElseThrow().needs()).containsExactly("approve");
    assertThat(compiled.digest()).startsWith("sha256:").hasSize(71);
  }

  @Test
  void otherModelsNeedOnlyTheirOwnParameters() throws Exception {
    String openai =
        Files.readString(YAML)
            .replace(
                "{connector: offline-classifier, version: 1.0.0, instance: offline-classifier,"
                    + " model: \"offline-classifier@sha256:996a3afe7993c4b4a7ce17fdedf89d60522d22ab1d633e3efd939c781f0b0fa6\"}",
                "{connector: openai, version: 1.0.0, instance: openai-main,"
                    + " model: gpt-4.1-2025-04-14}")
            .replace(
                "map(label, label)\"}",
                "map(label, label)\"}\n      model: gpt-4.1-2025-04-14\n      max_output_tokens: 512");

    Compiled other =
        new WorkflowCompiler().compile("openai.yaml", openai, new ManifestCatalogue(), "a");

    assertThat(other.digest()).isNotEqualTo(compiled.digest());
    assertThat(new String(other.manifestBytes(), StandardCharsets.UTF_8))
        .contains("\"model\":\"gpt-4.1-2025-04-14\"");
  }

  @Test
  void sameFileGivesSameBytes() throws Exception {
    Compiled again =
        new WorkflowCompiler()
            .compile("other.yaml", Files.readString(YAML), new ManifestCatalogue(), "author-1");

    assertThat(again.artifactBytes()).isEqualTo(compiled.artifactBytes());
    assertThat(again.manifestBytes()).isEqualTo(compiled.manifestBytes());
  }

  @Test
  void manifestNamesWhatADeploymentNeeds() {
    assertThat(new String(compiled.manifestBytes(), StandardCharsets.UTF_8))
        .contains(
            "\"artifactDigest\":\"" + compiled.digest() + "\"",
            "\"secrets\":[\"offline-classifier\",\"servicenow-main\",\"slack-main\"]",
            "\"nanosPerRun\":500000000",
            "\"gpu\":{\"count\":0}");
  }

  @Test
  void artifactLoadsOnlyUnaltered() throws GeneralSecurityException {
    Ed25519Sign.KeyPair key = Ed25519Sign.KeyPair.newKeyPair();
    Ed25519Sign.KeyPair other = Ed25519Sign.KeyPair.newKeyPair();
    byte[] artifact = compiled.artifactBytes();
    byte[] signature = ArtifactCodec.sign(artifact, new Ed25519Sign(key.getPrivateKey()));

    assertThat(ArtifactCodec.load(artifact, compiled.digest(), signature, key.getPublicKey()))
        .isEqualTo(compiled.workflow());

    byte[] altered = artifact.clone();
    altered[artifact.length / 2] ^= 1;
    byte[] wrongSignature = signature.clone();
    wrongSignature[3] ^= 1;
    String digest = compiled.digest();
    assertRefused(altered, digest, signature, key.getPublicKey());
    assertRefused(altered, ArtifactCodec.digest(altered), signature, key.getPublicKey());
    assertRefused(artifact, digest, wrongSignature, key.getPublicKey());
    assertRefused(artifact, digest, new byte[0], key.getPublicKey());
    assertRefused(artifact, digest, signature, other.getPublicKey());
    assertRefused(artifact, digest, signature, new byte[3]);
    byte[] nonsense = "{}".getBytes(StandardCharsets.UTF_8);
    assertRefused(
        nonsense,
        ArtifactCodec.digest(nonsense),
        ArtifactCodec.sign(nonsense, new Ed25519Sign(key.getPrivateKey())),
        key.getPublicKey());
  }

  private static void assertRefused(byte[] artifact, String digest, byte[] signature, byte[] key) {
    assertThatThrownBy(() -> ArtifactCodec.load(artifact, digest, signature, key))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> assertThat(refused.code()).isEqualTo(Refused.Code.ARTIFACT_ALTERED));
  }

  @Test
  void publishedSchemaAcceptsIt() throws IOException {
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Files.readString(Path.of("../../schemas/json/workflow.v1.json")));

    assertThat(schema.validate(Files.readString(YAML), InputFormat.YAML)).isEmpty();
    assertThat(
            schema.validate(
                Files.readString(YAML).replace("kind: tool", "kind: script"), InputFormat.YAML))
        .isNotEmpty();
  }

  @Test
  void workerBuildsTheCallsAndChecksTheRules() throws IOException {
    WorkerExpressions expressions = new WorkerExpressions();
    JsonNode scope = scope("Access");
    Step check = compiled.workflow().step("check").orElseThrow();

    assertThat(expressions.firstBroken(check.rules(), scope)).isEmpty();
    JsonNode output = expressions.value(check.output().orElseThrow(), scope);
    assertThat(output)
        .isEqualTo(
            JSON.readTree(
                "{\"assignment_group\":\"g1\",\"category\":\"access\",\"priority\":\"2\"}"));

    assertThat(expressions.firstBroken(check.rules(), scope("Gardening")))
        .contains("CATEGORY_UNKNOWN");
    assertThat(expressions.firstBroken(check.rules(), scope("Storage")))
        .contains("ASSIGNMENT_GROUP_UNKNOWN");

    Value categories =
        compiled
            .workflow()
            .step("classify")
            .orElseThrow()
            .call()
            .orElseThrow()
            .parameters()
            .getOrDefault("categories", new Value.Items(List.of()));
    assertThat(expressions.value(categories, scope))
        .isEqualTo(JSON.readTree("[\"Access\",\"Storage\"]"));
    Map<String, Value> undo =
        compiled.workflow().step("write").orElseThrow().compensate().orElseThrow().parameters();
    assertThat(
            expressions.value(undo.getOrDefault("assignment_group", new Value.Constant("")), scope))
        .isEqualTo(JSON.nullNode());
  }

  private static JsonNode scope(String category) throws IOException {
    return JSON.readTree(
        """
        {"instances": {"servicenow": {
           "categories": {"Access": "access", "Storage": "storage"},
           "assignmentGroups": {"access": "g1"},
           "priorityMatrix": {"12": "2"}}},
         "steps": {
           "fetch": {"impact": "1", "urgency": "2", "assignment_group": "", "category": ""},
           "classify": {"category": "%s"}}}
        """
            .formatted(category));
  }
}
