package ai.rails.command.policy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import org.junit.jupiter.api.Test;

import ai.rails.domain.Actor;
import ai.rails.platform.json.CanonicalJson;

import static org.assertj.core.api.Assertions.assertThat;

class PolicySchemasTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final String DIGEST = "sha256:" + "a".repeat(64);

  private static Schema schema(String name) throws IOException {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(Files.readString(Path.of("../policies/schemas", name)));
  }

  private static Map<String, Object> input() {
    Map<String, Object> input =
        new HashMap<>(
            new ToolActionInput(
                    "dev",
                    NOON,
                    "t1",
                    "c1",
                    new Actor(Actor.Kind.WORKER, "worker-1"),
                    List.of(),
                    Optional.of("servicenow"),
                    new ToolActionInput.Version("w", "1.0.0", DIGEST, "author"),
                    new ToolActionInput.Position("run-1", "write", 1, List.of("untrusted_input")),
                    new ToolActionInput.Tool(
                        "servicenow",
                        "update-incident",
                        DIGEST,
                        "r2",
                        "WRITE",
                        "U",
                        Map.of("impact", "2"),
                        DIGEST,
                        "",
                        0),
                    List.of(
                        new ToolActionInput.Approved("a1", "ann", DIGEST, NOON.plusSeconds(60))),
                    new ToolActionInput.Funds("USD", 1, 2, 3, 4, Optional.of(5L)))
                .toMap());
    input.put("request_id", "r1");
    input.put("input_sha256", "0".repeat(64));
    return input;
  }

  @Test
  void toolActionInputFitsItsPublishedSchema() throws IOException {
    Schema schema = schema("tool-action.input.v1.json");

    assertThat(schema.validate(CanonicalJson.text(input()), InputFormat.JSON)).isEmpty();

    Map<String, Object> wrong = input();
    wrong.put("prompt", "content");
    assertThat(schema.validate(CanonicalJson.text(wrong), InputFormat.JSON)).isNotEmpty();
  }

  @Test
  void builtGrantsFitTheirPublishedSchema() throws IOException {
    byte[] grants =
        TenantGrants.none()
            .currency("USD")
            .principal("ann", List.of("approver"))
            .auditors(List.of("aud"))
            .provider("openai", List.of("gpt-4.1-2025-04-14"), List.of("us"))
            .keyRelease("dev", List.of("DEVELOPMENT"), List.of("none"), List.of(DIGEST))
            .allow(
                Grant.of("servicenow", "update-incident", DIGEST, List.of("dev"), List.of(DIGEST))
                    .withHosts(List.of("x.service-now.com"))
                    .withParams(
                        Map.of(
                            "impact", new ParamRule.OneOf(List.of("1", "2"), true),
                            "amount", new ParamRule.AtMost(500, true),
                            "urgency", new ParamRule.Between(1, 3, false),
                            "number", new ParamRule.Present())))
            .json();

    assertThat(
            schema("tenant-data.v1.json")
                .validate(new String(grants, StandardCharsets.UTF_8), InputFormat.JSON))
        .isEmpty();
  }
}
