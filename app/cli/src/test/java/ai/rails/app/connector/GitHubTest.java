package ai.rails.app.connector;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.app.SharedFolder;
import ai.rails.connector.Connectors;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.enclave.worker.CallPort.Result;
import ai.rails.standin.Fault;
import ai.rails.standin.Faults;
import ai.rails.standin.Journal;
import ai.rails.standin.OpenApi;
import ai.rails.standin.Transport;
import ai.rails.standin.github.GitHubStandIn;

import static org.assertj.core.api.Assertions.assertThat;

/// The GitHub connector through gateway and proxy, against a repository that holds requests against
/// GitHub's own description.
class GitHubTest {
  private static final String HOST = "api.github.com";
  private static final Map<String, String> TOKEN = Map.of("token", "canary-github-token");
  private static final String COMMENT = "{'owner':'acme','repo':'shop','number':1,'body':'Hi.'}";

  private static Optional<OpenApi> description = Optional.empty();

  @TempDir private Path directory = Path.of(".");
  private GitHubStandIn github;
  private Governed governed;

  @BeforeEach
  void open() throws Exception {
    if (description.isEmpty()) {
      description =
          Optional.of(OpenApi.read(SharedFolder.require("data/specs/github_api_openapi3.json")));
    }
    Governed.Names names = new Governed.Names(directory.resolve("tls"), List.of(HOST));
    github = start(new Transport.Tls(names.serving()), 60);
    governed =
        new Governed(directory, names, Connectors.builtIn(), Map.of(HOST + ":443", github.port()));
    github.seedIssue("Broken", "It is.");
  }

  private GitHubStandIn start(Transport transport, int perHour) {
    return GitHubStandIn.start(
        new GitHubStandIn.Start(
            "canary-github-token",
            "acme/shop",
            perHour,
            description,
            transport,
            0,
            Journal.open(directory.resolve("github.jsonl"), InstantSource.system()),
            InstantSource.system()));
  }

  @AfterEach
  void close() {
    governed.close();
    github.close();
  }

  private static Governed.Call call(String action, String params) {
    return new Governed.Call("github", "1.1.0", action, HOST, 443, TOKEN, params, "tell", false);
  }

  @Test
  void issueIsReadOpenedAndCommented() throws Exception {
    Result read = governed.execute(call("get-issue", "{'owner':'acme','repo':'shop','number':1}"));
    Result opened =
        governed.execute(
            call("create-issue", "{'owner':'acme','repo':'shop','title':'New','body':'Look.'}"));
    Result comment = governed.execute(call("comment", COMMENT));

    for (Result each : List.of(read, opened, comment)) {
      assertThat(each.outcome()).as(each.code()).isEqualTo(Outcome.SUCCESS);
    }
    assertThat(read.output().orElseThrow().path("title").asText()).isEqualTo("Broken");
    assertThat(opened.vendorRef()).isEqualTo("acme/shop/2");
    assertThat(github.journal().facts(GitHubStandIn.COMMENT).getFirst().path("body").asText())
        .isEqualTo("Hi.\n\n<!-- [airails:run-1/tell] -->");
    assertThat(github.journal().refusals()).isZero();
  }

  @Test
  void lostCommentIsFoundByItsMarkerAndNotWrittenTwice() throws Exception {
    github.faults().inject(1, Faults.on("POST", "comments"), new Fault.LostAnswer());

    Result lost = governed.execute(call("comment", COMMENT));
    Result found = governed.execute(call("comment", COMMENT).recover());
    Result other = governed.execute(call("comment", COMMENT).step("again").recover());

    assertThat(lost.outcome()).isEqualTo(Outcome.AMBIGUOUS);
    assertThat(found.outcome()).as(found.code()).isEqualTo(Outcome.SUCCESS);
    assertThat(found.adopted()).isTrue();
    assertThat(other.code()).isEqualTo("LOOKUP_INCONCLUSIVE");
    assertThat(github.journal().effects(GitHubStandIn.COMMENT)).isEqualTo(1);
  }

  @Test
  void secondaryAndPrimaryLimitsAreWaitedForAsGitHubSays() throws Exception {
    github
        .faults()
        .inject(1, Faults.on("POST", "comments"), new Fault.RateLimited(Duration.ofSeconds(45)));
    Result secondary = governed.execute(call("comment", COMMENT));
    for (int i = 0; i < 60; i++) {
      governed.execute(call("get-issue", "{'owner':'acme','repo':'shop','number':1}"));
    }
    Result primary =
        governed.execute(call("get-issue", "{'owner':'acme','repo':'shop','number':1}"));

    assertThat(secondary.code()).isEqualTo("RATE_LIMITED");
    assertThat(secondary.outcome()).isEqualTo(Outcome.DEFINITE_FAILURE);
    assertThat(secondary.retryable()).isTrue();
    assertThat(secondary.retryAfterMillis()).contains(45_000L);
    assertThat(primary.code()).isEqualTo("RATE_LIMITED");
    assertThat(primary.retryAfterMillis().orElseThrow()).isBetween(3_000_000L, 3_600_000L);
    assertThat(github.journal().effects(GitHubStandIn.COMMENT)).isZero();
  }

  @Test
  void errorsAreToldInGitHubsForm() throws Exception {
    Result unknown =
        governed.execute(call("get-issue", "{'owner':'acme','repo':'shop','number':99}"));
    Result foreign =
        governed.execute(
            call("get-issue", "{'owner':'acme','repo':'shop','number':1}")
                .with(Map.of("token", "somebody-elses")));

    assertThat(unknown.code()).isEqualTo("RECORD_NOT_FOUND");
    assertThat(foreign.code()).isEqualTo("CREDENTIAL_REFUSED");
  }

  @Test
  void journalSurvivesTheStandIn() throws Exception {
    governed.execute(call("comment", COMMENT));
    github.close();
    github = start(new Transport.Plain(), 60);

    assertThat(github.journal().facts(GitHubStandIn.COMMENT)).hasSize(1);
  }
}
