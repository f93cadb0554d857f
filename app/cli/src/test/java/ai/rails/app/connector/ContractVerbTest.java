package ai.rails.app.connector;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import ai.rails.app.SharedFolder;

import static org.assertj.core.api.Assertions.assertThat;

class ContractVerbTest {
  @TempDir private Path directory = Path.of(".");

  private static String run(int expected, String... arguments) {
    StringWriter out = new StringWriter();
    CommandLine line =
        new CommandLine(new ContractVerb()).setCaseInsensitiveEnumValuesAllowed(true);
    line.setOut(new PrintWriter(out));
    assertThat(line.execute(arguments)).as(out.toString()).isEqualTo(expected);
    return out.toString();
  }

  @Test
  void everyRequestOfGitHubIsDescribedByGitHub() {
    Path spec = SharedFolder.require("data/specs/github_api_openapi3.json");

    String out = run(0, "github@1.1.0", "--openapi", spec.toString());

    assertThat(out)
        .contains("comment: POST /repos/acme/shop/issues/7/comments: described")
        .contains("github@1.1.0: 5 requests made, 5 held against a description, 0 wrong");
  }

  @Test
  void withoutADescriptionItSaysThatNothingWasHeldAgainstOne() {
    assertThat(run(0, "s3@1.0.0")).contains("9 requests made, 0 held against a description");
    assertThat(run(0, "mail@1.0.0", "-o", "json")).contains("\"described\":0");
  }

  @Test
  void whatAServersAddressHasBeforeTheDescribedPathsIsNotMissed() throws Exception {
    Path spec = directory.resolve("adyen.json");
    Files.writeString(
        spec,
        """
        {"servers": [{"url": "https://checkout-test.adyen.com/v71"}],
         "paths": {"/payments/{psp}/refunds": {"post": {"requestBody": {"content": {
           "application/json": {"schema": {"type": "object", "additionalProperties": false,
             "required": ["merchantAccount", "amount"], "properties": {
               "merchantAccount": {"type": "string"}, "amount": {"type": "object"},
               "reference": {"type": "string"}}}}}}}}}}
        """,
        StandardCharsets.UTF_8);

    assertThat(run(0, "adyen@1.1.0", "--openapi", spec.toString())).contains("0 wrong");
    assertThat(run(1, "adyen-live@1.0.0", "--openapi", spec.toString()))
        .contains("is not described");
  }

  @Test
  void whatTheVendorWouldNotTakeFails() throws Exception {
    Path spec = directory.resolve("spec.json");
    Files.writeString(
        spec,
        """
        {"paths":{"/{collection}/{id}":{"get":{"parameters":[]}}}}
        """,
        StandardCharsets.UTF_8);

    assertThat(run(1, "http@1.1.0", "--openapi", spec.toString())).contains("is not described");
  }
}
